/* ws_frame.h - WebSocket frames (RFC 6455 §5) and the text in them: pure, incremental, no socket.
 */
#ifndef NET_WS_FRAME_H
#define NET_WS_FRAME_H

#include "base/slice.h"

enum ws_opcode {
    WS_CONTINUATION = 0x0,
    WS_TEXT = 0x1,
    WS_BINARY = 0x2,
    WS_CLOSE = 0x8,
    WS_PING = 0x9,
    WS_PONG = 0xa,
};

enum { WS_HEADER_MAX = 14, WS_CONTROL_MAX = 125, WS_SERVER_HEADER_MAX = 10 };

/** One frame that is being read. All zero before a frame's first byte. */
struct ws_frame {
    uint64_t len;  /* of the payload */
    uint64_t left; /* of it, not taken yet */
    unsigned char header[WS_HEADER_MAX];
    unsigned char mask[4];
    uint8_t have;    /* bytes of the header */
    uint8_t opcode;  /* enum ws_opcode */
    uint8_t mask_at; /* which byte of the mask comes next */
    bool fin;
    bool open; /* the header is whole */
};

/** Takes header bytes off the front of *bytes. Sets frame->open once it is whole. ERR_PROTOCOL: a
 *  reserved bit or opcode, no mask, a control frame in pieces or too long, a length that is not in
 *  its shortest form. */
int ws_frame_header(struct ws_frame *frame, struct slice *bytes) MUST_CHECK;
/** Unmasks payload bytes in place, at most what is left of the frame. Returns how many. */
size_t ws_frame_payload(struct ws_frame *frame, char *bytes, size_t len);
static inline bool ws_frame_ended(const struct ws_frame *frame)
{
    return frame->open && frame->left == 0;
}

/** A server's frame header (never masked) into ret; returns its length. */
size_t ws_frame_write(enum ws_opcode opcode, size_t len, char ret[WS_SERVER_HEADER_MAX]);

/** UTF-8 that arrives in pieces. All zero at the beginning. */
struct ws_utf8 {
    uint8_t need;        /* continuation bytes still to come */
    unsigned char least; /* bounds of the next one; the later ones have none */
    unsigned char most;
};

/** False as soon as the text can't be UTF-8 any more (RFC 3629). */
bool ws_utf8_add(struct ws_utf8 *utf8, struct slice bytes);
static inline bool ws_utf8_whole(const struct ws_utf8 *utf8)
{
    return utf8->need == 0;
}

/** A close code that a peer may send (RFC 6455 §7.4 and the IANA registry). */
bool ws_close_code_valid(int code);

#endif
