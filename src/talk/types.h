/* types.h - the words of a conversation as numbers. Stored: never change or reuse one. */
#ifndef TALK_TYPES_H
#define TALK_TYPES_H

enum channel_kind { CHANNEL_WEB = 1, CHANNEL_MESSENGER = 2 };

/* A removed channel stays as an empty shell while conversations name it, so that they can be read.
 */
enum channel_state { CHANNEL_OFF = 0, CHANNEL_ON = 1, CHANNEL_BROKEN = 2, CHANNEL_REMOVED = 3 };

/** Why a channel is broken, for the owner's screen. */
enum channel_reason {
    CHANNEL_FINE = 0,
    CHANNEL_TOKEN_DEAD = 1,
    CHANNEL_PERMISSION_MISSING = 2,
    CHANNEL_BLOCKED = 3,
    CHANNEL_UNSUBSCRIBED = 4,
    CHANNEL_UNREACHABLE = 5,
    CHANNEL_DEAUTHORIZED = 6,
};

enum conversation_status { CONVERSATION_OPEN = 1, CONVERSATION_CLOSED = 2 };

/** Who speaks for the firm. */
enum floor_owner { FLOOR_NOBODY = 0, FLOOR_BOT = 1, FLOOR_AGENT = 2 };

enum message_kind { MESSAGE_TALK = 1, MESSAGE_NOTE = 2, MESSAGE_EVENT = 3 };

enum message_author { AUTHOR_PERSON = 1, AUTHOR_BOT = 2, AUTHOR_AGENT = 3, AUTHOR_SYSTEM = 4 };

enum message_state {
    MESSAGE_RECEIVED = 1,
    MESSAGE_QUEUED = 2,
    MESSAGE_SENDING = 3,
    MESSAGE_SENT = 4,
    MESSAGE_DELIVERED = 5,
    MESSAGE_READ = 6,
    MESSAGE_REFUSED = 7,
    MESSAGE_UNKNOWN = 8, /* sent or not: nobody knows; never sent again by itself */
    MESSAGE_WITHDRAWN = 9,
};

/** Why a message was refused, for the agent's screen. */
enum send_reason {
    SEND_FINE = 0,
    SEND_WINDOW_CLOSED = 1,
    SEND_UNREACHABLE = 2, /* the person left, blocked us, or never consented */
    SEND_TOKEN_DEAD = 3,
    SEND_PERMISSION = 4,
    SEND_BAD_REQUEST = 5,
    SEND_BLOCKED = 6,       /* the provider judged us abusive */
    SEND_TOO_OFTEN = 7,     /* frequency cap of this recipient */
    SEND_GAVE_UP = 8,       /* temporary errors to the last attempt */
    SEND_NOT_CONFIRMED = 9, /* goes with MESSAGE_UNKNOWN */
    SEND_FLOOR_TAKEN = 10,  /* goes with MESSAGE_WITHDRAWN */
    SEND_CHANNEL_OFF = 11,
};

/** The word of the API for a number ("open", "agent", "delivered", "window_closed"). */
const char *talk_channel_kind_word(enum channel_kind kind);
const char *talk_channel_state_word(enum channel_state state);
const char *talk_channel_reason_word(enum channel_reason reason);
const char *talk_status_word(enum conversation_status status);
const char *talk_floor_word(enum floor_owner owner);
const char *talk_kind_word(enum message_kind kind);
const char *talk_author_word(enum message_author author);
const char *talk_state_word(enum message_state state);
const char *talk_send_reason_word(enum send_reason reason);

#endif
