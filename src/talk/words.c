/* words.c - numbers of types.h as the API's words. */
#include "talk/types.h"

#include "base/attr.h"

#include <stddef.h>

static const char *word_of(const char *const *words, size_t n, int number)
{
    return number >= 0 && (size_t)number < n && words[number] ? words[number] : "unknown";
}

#define WORD_FUNCTION(function, type, ...)                                                         \
    const char *function(enum type number)                                                         \
    {                                                                                              \
        static const char *const words[] = {__VA_ARGS__};                                          \
        return word_of(words, ARRAY_LEN(words), (int)number);                                      \
    }

WORD_FUNCTION(talk_channel_kind_word,
              channel_kind, [CHANNEL_WEB] = "web", [CHANNEL_MESSENGER] = "messenger")
WORD_FUNCTION(talk_channel_state_word, channel_state, [CHANNEL_OFF] = "off", [CHANNEL_ON] = "on",
              [CHANNEL_BROKEN] = "broken", [CHANNEL_REMOVED] = "removed")
WORD_FUNCTION(talk_channel_reason_word,
              channel_reason, [CHANNEL_FINE] = "fine", [CHANNEL_TOKEN_DEAD] = "token_dead",
              [CHANNEL_PERMISSION_MISSING] = "permission_missing", [CHANNEL_BLOCKED] = "blocked",
              [CHANNEL_UNSUBSCRIBED] = "unsubscribed", [CHANNEL_UNREACHABLE] = "unreachable",
              [CHANNEL_DEAUTHORIZED] = "deauthorized")
WORD_FUNCTION(talk_status_word,
              conversation_status, [CONVERSATION_OPEN] = "open", [CONVERSATION_CLOSED] = "closed")
WORD_FUNCTION(talk_floor_word,
              floor_owner, [FLOOR_NOBODY] = "nobody", [FLOOR_BOT] = "bot", [FLOOR_AGENT] = "agent")
WORD_FUNCTION(
    talk_kind_word,
    message_kind, [MESSAGE_TALK] = "message", [MESSAGE_NOTE] = "note", [MESSAGE_EVENT] = "event")
WORD_FUNCTION(talk_author_word, message_author, [AUTHOR_PERSON] = "person", [AUTHOR_BOT] = "bot",
              [AUTHOR_AGENT] = "agent", [AUTHOR_SYSTEM] = "system")
WORD_FUNCTION(
    talk_state_word, message_state, [MESSAGE_RECEIVED] = "received", [MESSAGE_QUEUED] = "queued",
    [MESSAGE_SENDING] = "sending", [MESSAGE_SENT] = "sent", [MESSAGE_DELIVERED] = "delivered",
    [MESSAGE_READ] = "read", [MESSAGE_REFUSED] = "refused", [MESSAGE_UNKNOWN] = "unknown",
    [MESSAGE_WITHDRAWN] = "withdrawn")
WORD_FUNCTION(talk_send_reason_word,
              send_reason, [SEND_FINE] = "fine", [SEND_WINDOW_CLOSED] = "window_closed",
              [SEND_UNREACHABLE] = "unreachable", [SEND_TOKEN_DEAD] = "token_dead",
              [SEND_PERMISSION] = "permission", [SEND_BAD_REQUEST] = "bad_request",
              [SEND_BLOCKED] = "blocked", [SEND_TOO_OFTEN] = "too_often",
              [SEND_GAVE_UP] = "gave_up", [SEND_NOT_CONFIRMED] = "not_confirmed",
              [SEND_FLOOR_TAKEN] = "floor_taken", [SEND_CHANNEL_OFF] = "channel_off")
