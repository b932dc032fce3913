#include "bot/run_test_kit.h"

#include "unit.h"

static void add(struct buf *b, struct slice s)
{
    ck_assert_int_eq(buf_add(b, s), 0);
}

static void add_pii(struct buf *b, struct pii p)
{
    add(b, pii_reveal(p));
}

const char *play_text(const char *text)
{
    static char out[20000];
    size_t i, n = strlen(text);

    ck_assert_uint_lt(n, sizeof(out));
    for (i = 0; i <= n; i++)
        out[i] = text[i] == '\'' ? '"' : text[i];
    return out;
}

static void set_up(struct play *play, struct slice document)
{
    int r = flow_parse(document, play->arena, &play->problems, &play->flow);

    if (r < 0)
        fprintf(stderr, "# %.*s: %.*s\n", SLICE_ARG(play->problems.items[0].field),
                SLICE_ARG(play->problems.items[0].text));
    ck_assert_int_eq(r, 0);
    play->facts = (struct bot_facts){.channel = SLICE("web"),
                                     .language = SLICE("en"),
                                     .locale = SLICE("en_GB"),
                                     .tenant = SLICE("Little Lamp"),
                                     .attributes = play->attributes,
                                     .profile = play->profile,
                                     .tags = play->tags,
                                     .agents = 1};
    play->now = INT64_C(1795521600000);
    play->transcript = BUF_INIT(1 << 20);
    play->trace = BUF_INIT(1 << 20);
}

void play_init(struct play *play, const char *document)
{
    memset(play, 0, sizeof(*play));
    play->arena = arena_new(FLOW_ARENA_BYTES);
    set_up(play, slice_cstr(document));
}

void play_init_file(struct play *play, const char *name)
{
    struct buf text = BUF_INIT(FLOW_BYTES_MAX);
    char path[500], chunk[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", FLOWS_DIR, name);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        add(&text, slice_of(chunk, n));
    fclose(file);
    memset(play, 0, sizeof(*play));
    play->arena = arena_new(FLOW_ARENA_BYTES);
    set_up(play, buf_slice(&text));
    buf_done(&text);
}

void play_done(struct play *play)
{
    arena_free(play->arena);
    buf_done(&play->transcript);
    buf_done(&play->trace);
}

static struct slice keep(struct play *play, struct slice s)
{
    return arena_copy(play->arena, s);
}

static void put_fact(struct play *play, struct bot_fact *facts, size_t *n, struct slice name,
                     struct pii value)
{
    size_t i;

    for (i = 0; i < *n && !slice_eq(facts[i].name, name); i++)
        ;
    ck_assert_uint_lt(i, PLAY_FACTS_MAX);
    facts[i].name = keep(play, name);
    facts[i].value = pii_of(keep(play, pii_reveal(value)));
    if (i == *n)
        ++*n;
}

void play_profile(struct play *play, const char *name, const char *value)
{
    put_fact(play, play->profile, &play->facts.n_profile, slice_cstr(name),
             pii_of(slice_cstr(value)));
}

static void write_choices(struct buf *b, struct bot_choices choices, const char *marks)
{
    size_t i;

    for (i = 0; i < choices.n; i++) {
        ck_assert_int_eq(buf_addf(b, " %c", marks[0]), 0);
        add_pii(b, choices.items[i].title);
        add(b, SLICE("="));
        add_pii(b,
                pii_empty(choices.items[i].url) ? choices.items[i].payload : choices.items[i].url);
        ck_assert_int_eq(buf_add_char(b, marks[1]), 0);
    }
}

static void write_say(struct buf *b, const struct bot_message *say)
{
    size_t i;

    add(b, SLICE("say"));
    if (!pii_empty(say->text))
        add(b, SLICE(" "));
    add_pii(b, say->text);
    if (!pii_empty(say->image)) {
        add(b, SLICE(" image "));
        add_pii(b, say->image);
    }
    for (i = 0; i < say->n_cards; i++) {
        add(b, SLICE(" card "));
        add_pii(b, say->cards[i].title);
        write_choices(b, say->cards[i].buttons, "()");
    }
    write_choices(b, say->buttons, "()");
    write_choices(b, say->quick_replies, "[]");
    if (say->input)
        ck_assert_int_eq(buf_addf(b, " <%s>", say->input), 0);
}

static void write_http(struct buf *b, const struct bot_http *http)
{
    size_t i;

    ck_assert_int_eq(buf_addf(b, "call %s ", http->method), 0);
    add_pii(b, http->url);
    for (i = 0; i < http->n_headers; i++) {
        add(b, SLICE(" "));
        add(b, http->headers[i].name);
        add(b, SLICE(": "));
        add_pii(b, http->headers[i].value);
    }
    if (!pii_empty(http->body))
        add(b, SLICE(" "));
    add_pii(b, http->body);
}

static void write_pair(struct buf *b, const char *word, struct slice name, struct pii value)
{
    add(b, slice_cstr(word));
    add(b, name);
    if (name.len)
        add(b, SLICE("="));
    add_pii(b, value);
}

static void forget_tag(struct play *play, struct pii tag)
{
    size_t i;

    for (i = 0; i < play->facts.n_tags; i++)
        if (slice_eq(pii_reveal(play->tags[i]), pii_reveal(tag)))
            play->tags[i] = play->tags[--play->facts.n_tags];
}

/* Does with an output what a caller would, and writes it down. */
static void carry_out(struct play *play, const struct bot_output *output)
{
    struct buf *b = &play->transcript;

    if (b->len)
        add(b, SLICE("\n"));
    switch (output->kind) {
    case BOT_SAY:
        write_say(b, &output->say);
        break;
    case BOT_SET_ATTRIBUTE:
        write_pair(b, "set ", output->set.name, output->set.value);
        put_fact(play, play->attributes, &play->facts.n_attributes, output->set.name,
                 output->set.value);
        break;
    case BOT_SET_CONTACT:
        write_pair(b, "contact ", output->set.name, output->set.value);
        put_fact(play, play->profile, &play->facts.n_profile, output->set.name, output->set.value);
        break;
    case BOT_TAG:
        write_pair(b, "tag ", SLICE_NONE, output->tag);
        play->tags[play->facts.n_tags++] = pii_of(keep(play, pii_reveal(output->tag)));
        break;
    case BOT_UNTAG:
        write_pair(b, "untag ", SLICE_NONE, output->tag);
        forget_tag(play, output->tag);
        break;
    case BOT_HTTP:
        play->call_id = output->http.id;
        write_http(b, &output->http);
        break;
    case BOT_MAIL:
        write_pair(b, "mail ", output->mail.to, pii_of(output->mail.subject));
        write_pair(b, " / ", SLICE_NONE, output->mail.text);
        break;
    case BOT_HELP:
        add(b, output->help_said ? SLICE("help") : SLICE("help, silent"));
        break;
    case BOT_CLOSE:
        add(b, SLICE("close"));
        break;
    }
}

const char *play_event(struct play *play, const struct bot_event *event)
{
    struct arena *arena = arena_new(BOT_ARENA_BYTES);
    struct bot_event timed = *event;
    struct bot_result result;
    size_t i;

    timed.now = play->now;
    timed.seed = play->seed;
    ck_assert_int_eq(bot_run(play->flow, play->state, &timed, &play->facts, arena, &result), 0);
    buf_clear(&play->transcript);
    buf_clear(&play->trace);
    play->state = pii_of(keep(play, pii_reveal(result.state)));
    play->timer_at = result.timer_at;
    play->timer_id = result.timer_id;
    for (i = 0; i < result.n_outputs; i++)
        carry_out(play, &result.outputs[i]);
    for (i = 0; i < result.n_trace; i++)
        ck_assert_int_eq(buf_addf(&play->trace, "%s%.*s:%s", i ? " " : "",
                                  SLICE_ARG(result.trace[i].node),
                                  bot_outcome_name(result.trace[i].outcome)),
                         0);
    ck_assert_int_eq(buf_add_char(&play->transcript, '\0'), 0);
    ck_assert_int_eq(buf_add_char(&play->trace, '\0'), 0);
    arena_free(arena);
    return play->transcript.ptr;
}

const char *play_start(struct play *play)
{
    return play_event(play, &(struct bot_event){.kind = BOT_START});
}

const char *play_says(struct play *play, const char *text)
{
    return play_event(play,
                      &(struct bot_event){.kind = BOT_TEXT, .text = pii_of(slice_cstr(text))});
}

const char *play_presses(struct play *play, const char *payload)
{
    return play_event(
        play, &(struct bot_event){.kind = BOT_PAYLOAD, .payload = pii_of(slice_cstr(payload))});
}

const char *play_timer(struct play *play)
{
    ck_assert_int_ne(play->timer_at, 0);
    play->now = play->timer_at;
    return play_event(play, &(struct bot_event){.kind = BOT_TIMER, .id = play->timer_id});
}

const char *play_answer(struct play *play, int status, const char *body)
{
    return play_event(play, &(struct bot_event){.kind = BOT_HTTP_ANSWER,
                                                .id = play->call_id,
                                                .status = status,
                                                .body = pii_of(slice_cstr(body))});
}

const char *play_trace(const struct play *play)
{
    return play->trace.ptr;
}

size_t play_lines(const struct play *play)
{
    const char *at = play->transcript.ptr;
    size_t n = *at != '\0';

    for (; *at; at++)
        n += *at == '\n';
    return n;
}
