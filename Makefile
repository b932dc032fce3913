# Two commands matter: `make run` and `make test`. The rest is for those who change Lethe.
BUILD ?= build
MESON_FLAGS ?=

.PHONY: run test build deps web check check-rooms check-quick check-format check-names check-tidy format \
        asan fuzz bench clean

run: build
	@$(BUILD)/lethe serve --demo --data ./data

test: build
	@tools/test $(BUILD)

build: deps web $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(BUILD)/build.ninja:
	@meson setup $(BUILD) $(MESON_FLAGS) >/dev/null

deps:
	@tools/deps.sh

web:
	@tools/build-web

# What a change must hold before it is handed over.
check: check-rooms check-format check-names check-tidy

check-quick: check-rooms

check-rooms:
	@tools/check-rooms

check-format:
	@git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

check-names: build
	@tools/check-names $(BUILD)

check-tidy: build
	@tools/check-tidy $(BUILD)

# The unit tests and the scenes again, with AddressSanitizer and UndefinedBehaviorSanitizer.
asan: deps web
	@test -d build-asan || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build-asan --quiet
	@tools/test build-asan $(or $(ASAN_PARTS),unit scene)

# make fuzz MINUTES=10 [TARGET=name]
fuzz: deps web
	@tools/fuzz $(or $(MINUTES),1) $(TARGET)

# Memory, start, size, messages a second beside nginx, lines of code. make bench SECONDS=20
bench: build
	@tools/bench $(BUILD) $(or $(SECONDS),10)

clean:
	@rm -rf build build-asan build-fuzz web/dist
