#include "net/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bare line breaks, lines over 998 and NULs must not come out whatever goes in. */
static void check(struct slice message)
{
    size_t i, column = 0;

    for (i = 0; i < message.len; i++) {
        char c = message.ptr[i];

        if (c == '\0' || (c == '\n') != (i > 0 && message.ptr[i - 1] == '\r') ||
            (unsigned char)c > 126)
            __builtin_trap();
        column = c == '\n' ? 0 : column + 1;
        if (column > 999) /* the CR counts here */
            __builtin_trap();
    }
}

/* The input is cut at each 0xff into the fields. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mail_opts opts = {.from = "Lethe <alerts@example.com>"};
    struct slice rest = slice_of(data, size), part[8] = {{NULL, 0}};
    struct mail_message m = {0};
    struct buf out = BUF_INIT(2 << 20);
    size_t i = 0;

    while (i < 8 && slice_cut(&rest, '\xff', &part[i]))
        i++;
    m.to = pii_of(mail_address_ok(part[0]) ? part[0] : SLICE("ada@example.com"));
    m.to_name = pii_of(part[1]);
    m.subject = part[2];
    m.text = part[3];
    m.html = part[4];
    m.message_id = part[5].len ? part[5] : SLICE("a@b");
    m.list_id = part[6];
    m.list_unsubscribe = part[7];
    if (mail_compose(&opts, &m, &out) == 0)
        check(buf_slice(&out));
    buf_done(&out);
    return 0;
}
