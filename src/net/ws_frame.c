#include "net/ws_frame.h"

#include "base/err.h"

enum { FIN = 0x80, RESERVED = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f };
enum { LENGTH_16 = 126, LENGTH_64 = 127, MASK_SIZE = 4 };

static size_t header_size(const struct ws_frame *frame)
{
    unsigned length;

    if (frame->have < 2)
        return 2;
    length = frame->header[1] & LENGTH;
    return 2 + MASK_SIZE + (length == LENGTH_16 ? 2u : length == LENGTH_64 ? 8u : 0u);
}

static int check_first_two(const struct ws_frame *frame)
{
    unsigned opcode = frame->header[0] & OPCODE;
    bool control = opcode & 0x8;

    if (frame->header[0] & RESERVED)
        return ERR_PROTOCOL; /* no extension was agreed on */
    if (control ? opcode > WS_PONG : opcode > WS_BINARY)
        return ERR_PROTOCOL;
    if (!(frame->header[1] & MASKED))
        return ERR_PROTOCOL; /* §5.1: a client masks */
    if (control && (!(frame->header[0] & FIN) || (frame->header[1] & LENGTH) > WS_CONTROL_MAX))
        return ERR_PROTOCOL;
    return 0;
}

static int open_frame(struct ws_frame *frame, size_t size)
{
    unsigned short_length = frame->header[1] & LENGTH;
    size_t i;

    frame->len = short_length < LENGTH_16 ? short_length : 0;
    for (i = 2; i < size - MASK_SIZE; i++)
        frame->len = frame->len << 8 | frame->header[i];
    if (short_length == LENGTH_16 && frame->len < LENGTH_16)
        return ERR_PROTOCOL;
    if (short_length == LENGTH_64 && (frame->len <= UINT16_MAX || frame->len > INT64_MAX))
        return ERR_PROTOCOL;
    memcpy(frame->mask, frame->header + size - MASK_SIZE, MASK_SIZE);
    frame->opcode = frame->header[0] & OPCODE;
    frame->fin = (frame->header[0] & FIN) != 0;
    frame->left = frame->len;
    frame->mask_at = 0;
    frame->open = true;
    return 0;
}

int ws_frame_header(struct ws_frame *frame, struct slice *bytes)
{
    size_t size;

    while (!frame->open && bytes->len) {
        frame->header[frame->have++] = (unsigned char)bytes->ptr[0];
        *bytes = slice_from(*bytes, 1);
        if (frame->have == 2 && check_first_two(frame) < 0)
            return ERR_PROTOCOL;
        size = header_size(frame);
        if (frame->have == size && frame->have > 2 && open_frame(frame, size) < 0)
            return ERR_PROTOCOL;
    }
    return 0;
}

size_t ws_frame_payload(struct ws_frame *frame, char *bytes, size_t len)
{
    size_t n = len < frame->left ? len : (size_t)frame->left, i = 0;
    unsigned char turned[8];
    uint64_t mask, word;

    for (i = 0; i < sizeof(turned); i++)
        turned[i] = frame->mask[(frame->mask_at + i) & 3];
    memcpy(&mask, turned, sizeof(mask));
    for (i = 0; i + sizeof(word) <= n; i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        word ^= mask;
        memcpy(bytes + i, &word, sizeof(word));
    }
    for (; i < n; i++)
        bytes[i] = (char)(bytes[i] ^ (char)turned[i & 7]);
    frame->mask_at = (uint8_t)((frame->mask_at + n) & 3);
    frame->left -= n;
    return n;
}

size_t ws_frame_write(enum ws_opcode opcode, size_t len, char ret[WS_SERVER_HEADER_MAX])
{
    size_t extra = len < LENGTH_16 ? 0 : len <= UINT16_MAX ? 2 : 8, i;

    ret[0] = (char)(FIN | opcode);
    ret[1] = (char)(extra == 0 ? len : extra == 2 ? LENGTH_16 : LENGTH_64);
    for (i = 0; i < extra; i++)
        ret[2 + i] = (char)((uint64_t)len >> 8 * (extra - 1 - i));
    return 2 + extra;
}

/* The table of well-formed byte sequences: Unicode 15, table 3-7. */
static bool utf8_lead(struct ws_utf8 *utf8, unsigned char c)
{
    utf8->least = 0x80;
    utf8->most = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
        utf8->need = 1;
    } else if (c >= 0xe0 && c <= 0xef) {
        utf8->need = 2;
        utf8->least = c == 0xe0 ? 0xa0 : 0x80;
        utf8->most = c == 0xed ? 0x9f : 0xbf;
    } else if (c >= 0xf0 && c <= 0xf4) {
        utf8->need = 3;
        utf8->least = c == 0xf0 ? 0x90 : 0x80;
        utf8->most = c == 0xf4 ? 0x8f : 0xbf;
    } else {
        return false;
    }
    return true;
}

bool ws_utf8_add(struct ws_utf8 *utf8, struct slice bytes)
{
    unsigned char c;
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        c = (unsigned char)bytes.ptr[i];
        if (utf8->need == 0) {
            if (c >= 0x80 && !utf8_lead(utf8, c))
                return false;
            continue;
        }
        if (c < utf8->least || c > utf8->most)
            return false;
        utf8->need--;
        utf8->least = 0x80;
        utf8->most = 0xbf;
    }
    return true;
}

bool ws_close_code_valid(int code)
{
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}
