/* run.h - the interpreter: one event in, what to do about it out. No clock, no chance, no input or
 * output: the same arguments give the same result, byte by byte.
 *
 * The caller keeps `state` between calls, does what `outputs` say in their order inside one turn,
 * arms `timer`, and reports back by further events. */
#ifndef BOT_RUN_H
#define BOT_RUN_H

#include "bot/flow.h"
#include "bot/limits.h"
#include "bot/message.h"

enum {
    BOT_STATE_MAX = 16384,       /* bytes; what is longer is treated as no state */
    BOT_STEPS_MAX = 100,         /* nodes in one run */
    BOT_MESSAGES_MAX = 25,       /* said in one run */
    BOT_ALONE_MAX = 50,          /* runs in a row without a word of the person */
    BOT_ANSWER_MAX = 256 * 1024, /* bytes of an HTTP answer that are looked at */
    BOT_ARENA_BYTES = 8 << 20,   /* enough for any run */
};

enum bot_event_kind {
    BOT_START,       /* the conversation was opened; payload: the ref by which, if any */
    BOT_TEXT,        /* text: what the person wrote */
    BOT_PAYLOAD,     /* payload: of the button or quick reply; text: its title, if known */
    BOT_REFERRAL,    /* payload: the ref */
    BOT_FILE,        /* text: how the file is called here (kept by a question for a file) */
    BOT_TIMER,       /* id: of the result that armed it */
    BOT_HTTP_ANSWER, /* id: of the call; status, body */
    BOT_HELP_BUTTON, /* "talk to a person" */
};

struct bot_event {
    enum bot_event_kind kind;
    int64_t now;   /* ms UTC */
    uint64_t seed; /* for choosing among variants; any number */
    struct pii text;
    struct pii payload;
    int64_t id;
    int status; /* HTTP status; 0: no answer */
    struct pii body;
};

struct bot_fact {
    struct slice name;
    struct pii value;
};

/** What the flow may know. All of it is borrowed for the call. */
struct bot_facts {
    const struct bot_fact *profile; /* first_name, last_name, email, phone, gender, timezone */
    size_t n_profile;
    const struct bot_fact *attributes;
    size_t n_attributes;
    const struct pii *tags;
    size_t n_tags;
    struct slice channel;            /* "web", "messenger" */
    const struct bot_limits *limits; /* NULL: those of `channel` */
    struct slice locale;             /* "de_DE"; may be empty */
    struct slice language;           /* "de", "pt-br"; empty: that of the locale */
    struct slice tenant;             /* the firm's name */
    int agents;                      /* available now */
    int utc_offset_min;              /* of the firm's time zone, at `now` */
    bool help_wanted;                /* a human was called and has not answered yet */
};

enum bot_output_kind {
    BOT_SAY,
    BOT_SET_ATTRIBUTE,
    BOT_SET_CONTACT, /* email, phone, first_name, last_name; checked */
    BOT_TAG,
    BOT_UNTAG,
    BOT_HTTP, /* must lead to exactly one BOT_HTTP_ANSWER with its id */
    BOT_MAIL,
    BOT_HELP, /* call a human; if nothing was said about it, say the firm's usual text */
    BOT_CLOSE,
};

struct bot_set {
    struct slice name;
    struct pii value; /* empty: take it away */
};

struct bot_header {
    struct slice name;
    struct pii value;
};

struct bot_http {
    int64_t id;
    const char *method;
    struct pii url;
    const struct bot_header *headers;
    size_t n_headers;
    struct pii body; /* JSON; empty: none */
};

struct bot_mail {
    struct slice to, subject;
    struct pii text;
};

struct bot_output {
    enum bot_output_kind kind;
    struct slice node; /* which node wants it; empty: the built-in help */
    union {
        struct bot_message say;
        struct bot_set set; /* attribute, contact */
        struct pii tag;     /* tag, untag */
        struct bot_http http;
        struct bot_mail mail;
        bool help_said; /* help: a text of the flow told the person already */
    };
};

enum bot_outcome {
    BOT_DONE,      /* the node did its work */
    BOT_MATCHED,   /* a trigger fitted the event */
    BOT_UNMATCHED, /* nothing fitted: the fallback, if there is one */
    BOT_IGNORED,   /* a late timer or answer, or the bot holds back: nothing was done */
    BOT_ASKED,     /* waits for an answer or a choice */
    BOT_ANSWERED,  /* the answer passed */
    BOT_INVALID,   /* it did not; asked again */
    BOT_GAVE_UP,   /* it did not once too often */
    BOT_SKIPPED,   /* the person skipped the question */
    BOT_WAITING,   /* for a timer or an HTTP answer */
    BOT_HTTP_OK,
    BOT_HTTP_FAILED,
    BOT_STEP_FAILED, /* the node could not do its work (a sum too large); it was passed over */
    BOT_CALLED,      /* a human was called */
    BOT_CLOSED,
    BOT_LOST, /* the state's node is not in this flow any more: began afresh */
    BOT_LOOP, /* stopped: too many steps, messages, or runs without the person */
    BOT_OUTCOME_COUNT
};

/** A word for logs and reports. */
const char *bot_outcome_name(enum bot_outcome outcome);

/** One step, for the webhook log and the reports. Nothing personal. */
struct bot_step {
    struct slice node; /* may be empty */
    const char *kind;  /* a node's type, or "event" for a trigger */
    enum bot_outcome outcome;
};

struct bot_result {
    const struct bot_output *outputs;
    size_t n_outputs;
    struct pii state; /* JSON, at most BOT_STATE_MAX */
    int64_t
        timer_at; /* ms UTC at which BOT_TIMER with timer_id is due; 0: none, drop an older one */
    int64_t timer_id;
    const struct bot_step *trace;
    size_t n_trace;
};

/** Runs the flow from its state to the next wait.
 *  state  of the last result; empty or foreign: begins afresh
 *  ret    points into the arena and, for names and ids, into the flow; set only on success
 *  ERR_MEMORY the arena is too small (BOT_ARENA_BYTES is enough). */
int bot_run(const struct flow *flow, struct pii state, const struct bot_event *event,
            const struct bot_facts *facts, struct arena *arena, struct bot_result *ret) MUST_CHECK;

#endif
