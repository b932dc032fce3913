/* run_inside.h - one run of a flow, shared by the files run_*.c alone. */
#ifndef BOT_RUN_INSIDE_H
#define BOT_RUN_INSIDE_H

#include "bot/expand.h"
#include "bot/flow_doc.h"
#include "bot/run.h"

/* Where the bot is between two events. */
enum run_mode {
    RUN_IDLE,  /* nowhere: triggers decide */
    RUN_ASK,   /* at an ask, waiting for the answer */
    RUN_OFFER, /* at a say, its choices are open */
    RUN_WAIT,  /* at a wait, until the timer */
    RUN_HTTP,  /* at an http, until the answer or the timer */
    RUN_MODE_COUNT
};

struct run_state {
    enum run_mode mode;
    const struct flow_node *node; /* NULL exactly in RUN_IDLE */
    int tries;                    /* wrong answers so far */
    int alone;                    /* runs since the person did something */
    bool nudged;                  /* no_reply was used up for this wait */
    int64_t seq;                  /* the largest number given to a timer or call */
    int64_t timer, due;           /* 0: none */
    int64_t call;
    int visits[FLOW_COUNTED_MAX]; /* by flow_node.counter */
};

/* A value that this run gave to an attribute, a contact field, or a tag (value empty: taken away).
 */
struct run_change {
    struct run_change *next; /* older */
    bool is_tag;
    struct slice name;
    struct pii value;
};

struct run {
    const struct flow *flow;
    const struct bot_event *event;
    const struct bot_facts *facts;
    const struct bot_limits *limits;
    struct arena *arena;
    struct run_state state;
    struct run_change *changes;
    struct text_form said; /* the event's text, reduced */
    struct slice language; /* "de", "pt-br" */
    struct slice locale;
    uint64_t seed;
    int64_t now;
    int steps, messages;
    struct bot_output *outputs;
    size_t n_outputs, cap_outputs;
    struct bot_step *trace;
    size_t n_trace, cap_trace;
    int err; /* sticks; 0 or ERR_MEMORY */
};

/* run.c */
void *run_alloc(struct run *run, size_t count, size_t size);
struct bot_output *run_output(struct run *run, enum bot_output_kind kind, struct slice node);
void run_step(struct run *run, struct slice node, const char *kind, enum bot_outcome outcome);
/* The next number for a timer or a call. */
int64_t run_number(struct run *run);

/* run_state.c */
/* Empty, damaged, foreign, or of another version: the state of a new conversation. *ret_lost is set
 * when the flow has no such node any more. */
void run_state_read(const struct flow *flow, struct slice text, struct run_state *ret,
                    bool *ret_lost);
int run_state_write(const struct flow *flow, const struct run_state *state, struct arena *arena,
                    struct slice *ret) MUST_CHECK;
/* Changes the place, and drops what belonged to the old one. */
void run_state_enter(struct run_state *state, enum run_mode mode, const struct flow_node *node);

/* run_value.c */
/* The value of a variable, as flows name it. */
bool run_value(void *run, struct slice name, struct pii *ret);
/* A template with its values. A text longer than `max` bytes is cut between two code points;
 * anything else that does not fit gives an empty value. */
struct pii run_expand(struct run *run, struct slice text, enum expand_mode mode, size_t max);
/* The wording for this person, chosen by chance among variants; not expanded. */
struct slice run_wording(struct run *run, struct flow_text text);
/* Outputs a new value (empty: none) of an attribute or contact field, seen by later nodes. */
void run_save(struct run *run, struct slice node, struct slice name, struct pii value);
void run_tag(struct run *run, struct slice node, struct slice tag, bool on);
bool run_has_tag(const struct run *run, struct slice tag);
/* The firm's day, days since 1970. */
int64_t run_today(const struct run *run);

/* run_say.c */
/* Says what a say node says. */
void run_say_node(struct run *run, const struct flow_node *node);
/* Asks, with the choices of the question; `again`: after an answer that did not fit. */
void run_say_question(struct run *run, const struct flow_node *node, bool again);
/* Says a plain text; false when there is none. */
bool run_say_text(struct run *run, const struct flow_node *node, struct flow_text text);

/* run_node.c */
/* Runs from a node (or FLOW_NOWHERE) to the next wait. */
void run_node_from(struct run *run, int node);
/* Where an exit of a node leads; FLOW_NO_EXIT leads nowhere. */
int run_node_exit(const struct flow_node *node, int exit);

/* run_condition.c */
int run_condition(struct run *run, const struct flow_node *node);

/* run_http.c */
/* Sends the request; false when it can't be written. */
bool run_http_call(struct run *run, const struct flow_node *node);
/* Takes the event's answer; the exit to follow. */
int run_http_answer(struct run *run, const struct flow_node *node);

/* run_choice.c */
/* What a typed word or a pressed payload means among the choices of the node where the bot stands.
 */
enum run_choice_fit { RUN_CHOICE_WHOLE, RUN_CHOICE_WITHIN };
const struct flow_choice *run_choice_typed(struct run *run, const struct flow_node *node,
                                           enum run_choice_fit fit);
/* The payload of a choice: "go:FROM:TO" for a way on, "pick:NODE:VALUE" for an answer, the choice's
 * own otherwise; "skip:NODE" leaves a question. */
struct slice run_choice_payload(struct run *run, const struct flow_node *node,
                                const struct flow_choice *choice);
/* "go:FROM:TO": true when the flow has such a choice; *ret is then the node it leads to. */
bool run_choice_pressed(struct run *run, struct slice payload, int *ret);

/* run_ask.c */
/* The event's text, file, or payload as answer to the question where the bot stands. */
void run_ask_text(struct run *run);
void run_ask_file(struct run *run);
/* False when the payload is none of this question. */
bool run_ask_payload(struct run *run, struct slice payload);

/* run_trigger.c */
/* How well the event's text says that a human is wanted. */
int run_trigger_help_score(struct run *run);
/* Calls a human, by the flow's help trigger or at once. */
void run_trigger_help(struct run *run);
/* The phrase trigger that fits best, and its score; NULL when none does. */
const struct flow_trigger *run_trigger_phrase(struct run *run, int *ret_score);
void run_trigger_go(struct run *run, const struct flow_trigger *trigger);
/* Nothing fitted: the fallback, unless a human is awaited. */
void run_trigger_fallback(struct run *run);

/* run_event.c */
void run_event(struct run *run);

#endif
