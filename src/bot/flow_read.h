/* flow_read.h - taking a flow document apart, member by member, with a problem for whatever is odd.
 * Only for flow*.c. Errors stick in `err`; functions give back something empty and go on. */
#ifndef BOT_FLOW_READ_H
#define BOT_FLOW_READ_H

#include "base/json.h"
#include "bot/flow_doc.h"

/* Something with variables in it, remembered until all nodes are known. */
struct flow_use {
    struct flow_use *next;
    struct slice node, field;
    struct slice lang; /* of the wording */
    struct slice text;
    const struct flow_text *whole; /* all its wordings; NULL for texts nobody but a server reads */
    bool leaves;                   /* goes to another firm: an address, a header, a body, a mail */
};

enum { FLOW_EXITS_MAX = 512 };

struct flow_reader {
    struct arena *arena;
    struct flow_problems *problems;
    struct slice node; /* id of the node being read */
    struct flow_exit exits[FLOW_EXITS_MAX];
    size_t n_exits;
    struct flow_use *uses, *last_use;
    int err;
};

/* An object of the document, and the path to it ("quick_replies[1]." or ""). */
struct flow_place {
    const json_t *object;
    struct slice path;
};

void flow_read_problem(struct flow_reader *rd, enum flow_severity severity, struct slice field,
                       const char *format, ...) PRINTF_LIKE(4, 5);
/* "path" + "key" */
struct slice flow_read_path(struct flow_reader *rd, struct flow_place place, const char *key);
/* The i-th element of the list under `key`, as a place. Says so when it is no object. */
struct flow_place flow_read_element(struct flow_reader *rd, struct flow_place place,
                                    const char *key, size_t i);
/* Length of the list under `key`, at most `max` (a longer one is an error); 0 when missing. */
size_t flow_read_count(struct flow_reader *rd, struct flow_place place, const char *key,
                       size_t max);
/* Every member must be in `names`, which ends with NULL. */
void flow_read_known(struct flow_reader *rd, struct flow_place place, const char *const *names);

enum flow_need { FLOW_OPTIONAL, FLOW_REQUIRED };

struct slice flow_read_string(struct flow_reader *rd, struct flow_place place, const char *key,
                              enum flow_need need, size_t max);
/* A string in which variables may stand; remembered as a use. */
struct slice flow_read_template(struct flow_reader *rd, struct flow_place place, const char *key,
                                enum flow_need need, bool leaves);
/* Remembers a text with variables that only a server reads. */
void flow_read_remember(struct flow_reader *rd, struct slice field, struct slice text, bool leaves);
/* Words to be matched, not said: without variables. */
struct flow_text flow_read_phrases(struct flow_reader *rd, struct flow_place place, const char *key,
                                   enum flow_need need);
struct flow_text flow_read_text(struct flow_reader *rd, struct flow_place place, const char *key,
                                enum flow_need need);
int64_t flow_read_int(struct flow_reader *rd, struct flow_place place, const char *key,
                      int64_t least, int64_t most, int64_t otherwise);
bool flow_read_bool(struct flow_reader *rd, struct flow_place place, const char *key,
                    bool otherwise);
/* Index of the string under `key` in `names` (`count` of them); `otherwise` when missing or wrong.
 */
int flow_read_word(struct flow_reader *rd, struct flow_place place, const char *key,
                   const char *const *names, int count, int otherwise);
/* An address that begins with https:// or http:// and a fixed host. */
struct slice flow_read_url(struct flow_reader *rd, struct flow_place place, const char *key,
                           enum flow_need need, bool leaves);
/* Adds an exit of the current node; its index, or FLOW_NO_EXIT. */
int flow_read_exit(struct flow_reader *rd, struct flow_place place, const char *key,
                   enum flow_need need, bool by_input, bool sure);
/* The path of an exit as written, FLOW_NO_EXIT's node when missing (used for triggers). */
struct flow_exit flow_read_target(struct flow_reader *rd, struct flow_place place, const char *key,
                                  enum flow_need need);
/* An id of a node: a letter or digit, then letters, digits, - and _. */
bool flow_read_is_id(struct slice s);
/* The forms of all wordings of a text. */
void flow_read_forms(struct flow_reader *rd, struct flow_text text, struct flow_text also,
                     const struct text_form **ret, size_t *ret_n);
void *flow_read_alloc(struct flow_reader *rd, size_t count, size_t size);

/* flow_choice.c */
enum flow_choice_kind { FLOW_QUICK_REPLY, FLOW_BUTTON, FLOW_ANSWER };
struct flow_choices flow_choice_read(struct flow_reader *rd, struct flow_place place,
                                     const char *key, enum flow_choice_kind kind);
/* One choice inside `place` itself (the skip of an ask). */
void flow_choice_read_one(struct flow_reader *rd, struct flow_place place,
                          enum flow_choice_kind kind, struct flow_choice *ret);

/* flow_node.c */
void flow_node_read(struct flow_reader *rd, struct flow_place place, struct flow_node *ret);

/* flow_say.c, flow_ask.c, flow_condition.c: the nodes with much in them. */
void flow_say_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node);
void flow_ask_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node);
void flow_condition_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node);

/* flow_check.c: what can be seen only when all nodes are known. */
void flow_check(struct flow_reader *rd, struct flow *flow);

/* flow_fit.c: what no channel, or not every channel, can show. */
void flow_fit(struct flow_reader *rd, const struct flow *flow);

#endif
