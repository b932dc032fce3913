/* run_test_kit.h - plays a conversation against a flow and writes down, in one line per output,
 * what the bot does. Keeps what a caller would keep: state, attributes, contact fields, tags. */
#ifndef BOT_RUN_TEST_KIT_H
#define BOT_RUN_TEST_KIT_H

#include "bot/run.h"

enum { PLAY_FACTS_MAX = 50 };

struct play {
    struct arena *arena; /* the flow, and what is kept */
    const struct flow *flow;
    struct flow_problems problems;
    struct pii state;
    struct bot_facts facts;
    struct bot_fact attributes[PLAY_FACTS_MAX], profile[PLAY_FACTS_MAX];
    struct pii tags[PLAY_FACTS_MAX];
    int64_t now;
    uint64_t seed;
    int64_t timer_at, timer_id, call_id;
    struct buf transcript; /* of the last event */
    struct buf trace;      /* "node:outcome ..." of the last event */
};

/** Single quotes become double ones, so that a flow can be read in C. Static storage. */
const char *play_text(const char *text);

/** 2026-11-24 12:00 UTC, a Tuesday; English, on the website, one agent available. */
void play_init(struct play *play, const char *document);
/** A flow from the folder of those we ship. */
void play_init_file(struct play *play, const char *name);
void play_done(struct play *play);
void play_profile(struct play *play, const char *name, const char *value);

/** Each gives the transcript: "say Hi [Yes=go:a:b] <email>", "set size=3", "call 1 GET https://…",
 * … joined by newlines; "" when nothing was done. */
const char *play_start(struct play *play);
const char *play_says(struct play *play, const char *text);
const char *play_presses(struct play *play, const char *payload);
const char *play_event(struct play *play, const struct bot_event *event);
/** The armed timer, at its time. */
const char *play_timer(struct play *play);
const char *play_answer(struct play *play, int status, const char *body);
const char *play_trace(const struct play *play);
/** Outputs of the last event. */
size_t play_lines(const struct play *play);

#define PLAY_FLOW(fields, triggers, nodes)                                                         \
    play_text("{'lethe_flow':1,'name':'Test','fields':{" fields "},'triggers':[" triggers          \
              "],'nodes':[" nodes "]}")
#define ON_START(id)    "{'on':'get_started','go':'" id "'}"
#define ON_FALLBACK(id) "{'on':'fallback','go':'" id "'}"
#define ON_HELP(id)     "{'on':'help','go':'" id "'}"
#define SAY(id, text)   "{'id':'" id "','type':'say','text':'" text "','next':'end'}"
#define SIZE            "'size':{'meaning':'to order'}"

#endif
