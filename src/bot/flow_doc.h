/* flow_doc.h - a flow in memory. Only for the files of this room that read, check and run it. */
#ifndef BOT_FLOW_DOC_H
#define BOT_FLOW_DOC_H

#include "bot/flow.h"
#include "bot/text.h"

enum {
    FLOW_ID_MAX = 40,
    FLOW_TEXT_MAX = 8000,   /* bytes of one wording */
    FLOW_VALUE_MAX = 2000,  /* bytes of an attribute's value */
    FLOW_LIST_MAX = 100,    /* replies, buttons, cards, cases, headers, ... of one node */
    FLOW_PHRASES_MAX = 200, /* of one trigger */
    FLOW_COUNTED_MAX = 100, /* nodes whose visits are asked for: they live in the state */
    FLOW_NOWHERE = -1,      /* an exit that ends the run: "end" */
    FLOW_NO_EXIT = -1,      /* index of an exit that was not written */
};

/* One wording: a text in one language, or for all (lang empty). */
struct flow_wording {
    struct slice lang;
    struct slice text;
};

/* What a person reads, in one or more languages; several of one language are variants. n 0: absent.
 */
struct flow_text {
    const struct flow_wording *wordings;
    size_t n;
};

struct flow_exit {
    struct slice field; /* where it stands in the document */
    struct slice to;    /* as written */
    int node;           /* index, or FLOW_NOWHERE */
    bool by_input;      /* taken only after the person did something */
    bool sure; /* always taken when the node is left: no condition, no answer from outside */
};

struct flow_choice {
    struct flow_text title;
    struct slice payload; /* sent to the payload triggers; empty: exit or url */
    struct slice url;
    struct slice value;            /* ask: what is saved */
    const struct text_form *forms; /* ask, quick replies: titles and other words, for matching */
    size_t n_forms;
    int exit;
};

struct flow_choices {
    const struct flow_choice *items;
    size_t n;
};

struct flow_card {
    struct flow_text title, subtitle;
    struct slice image;
    struct flow_choices buttons;
};

struct flow_say {
    struct flow_text text;
    struct slice image;
    struct flow_choices quick_replies;
    struct flow_choices buttons;
    const struct flow_card *cards;
    size_t n_cards;
    bool offers; /* some choice leads on from here */
};

enum flow_input {
    FLOW_INPUT_TEXT,
    FLOW_INPUT_EMAIL,
    FLOW_INPUT_PHONE,
    FLOW_INPUT_NUMBER,
    FLOW_INPUT_DATE,
    FLOW_INPUT_CHOICE,
    FLOW_INPUT_FILE,
    FLOW_INPUT_COUNT
};

enum flow_only { FLOW_ONLY_ANY, FLOW_ONLY_DIGITS, FLOW_ONLY_LETTERS_DIGITS, FLOW_ONLY_COUNT };

/* One end of an allowed range: a number (in millionths), a length, or a day. */
struct flow_bound {
    bool set;
    bool today;    /* date: the day on which the answer comes */
    int64_t value; /* number: millionths; text: code points; date: days since 1970 */
};

struct flow_ask {
    struct flow_text text;
    struct flow_text again; /* said when the answer does not fit */
    enum flow_input input;
    enum flow_only only;
    struct flow_bound min, max;
    bool whole;           /* number: no fraction */
    struct slice country; /* phone: "+49" before a number written without it */
    struct flow_choices choices;
    struct flow_choice skip; /* its title is empty when the question can't be skipped */
    struct slice save;       /* attribute or contact field; may be empty */
    int retries;
    int failed; /* exit */
};

enum flow_op {
    FLOW_IS,
    FLOW_IS_NOT,
    FLOW_CONTAINS,
    FLOW_STARTS,
    FLOW_LESS,
    FLOW_MORE,
    FLOW_AT_LEAST,
    FLOW_AT_MOST,
    FLOW_IN,
    FLOW_BETWEEN,
    FLOW_SET,
    FLOW_NOT_SET,
    FLOW_OP_COUNT
};

struct flow_test {
    struct slice field;
    struct slice node; /* of "visits" */
    enum flow_op op;
    const struct slice *values;
    size_t n_values;
};

struct flow_case {
    const struct flow_test *tests; /* all must hold */
    size_t n_tests;
    int exit;
};

struct flow_condition {
    const struct flow_case *cases;
    size_t n_cases;
};

enum flow_set_op {
    FLOW_SET_VALUE,
    FLOW_SET_ADD,
    FLOW_SET_SUBTRACT,
    FLOW_SET_MULTIPLY,
    FLOW_SET_CLEAR,
    FLOW_SET_OP_COUNT
};

struct flow_set {
    struct slice attribute;
    enum flow_set_op op;
    struct slice value;
};

struct flow_wait {
    int64_t ms;
    int on_reply; /* exit, or FLOW_NO_EXIT */
};

struct flow_pair {
    struct slice name;  /* header; or path into the answer */
    struct slice value; /* header's value; or attribute */
};

enum flow_method { FLOW_GET, FLOW_POST, FLOW_PUT, FLOW_PATCH, FLOW_DELETE, FLOW_METHOD_COUNT };

struct flow_http {
    enum flow_method method;
    struct slice url;
    struct slice body; /* compact JSON, or empty */
    const struct flow_pair *headers, *save;
    size_t n_headers, n_save;
    int failed; /* exit */
};

struct flow_mail {
    struct slice to, subject, text;
};

enum flow_type {
    FLOW_TYPE_SAY,
    FLOW_TYPE_ASK,
    FLOW_TYPE_CONDITION,
    FLOW_TYPE_SET,
    FLOW_TYPE_TAG,
    FLOW_TYPE_UNTAG,
    FLOW_TYPE_WAIT,
    FLOW_TYPE_JUMP,
    FLOW_TYPE_HTTP,
    FLOW_TYPE_MAIL,
    FLOW_TYPE_HELP,
    FLOW_TYPE_CLOSE,
    FLOW_TYPE_COUNT
};

struct flow_node {
    struct slice id;
    enum flow_type type;
    int next; /* exit: where it goes by itself; FLOW_NO_EXIT: it stops there */
    const struct flow_exit *exits;
    size_t n_exits;
    int counter; /* index of its visit counter, or -1 */
    union {
        struct flow_say say;
        struct flow_ask ask;
        struct flow_condition condition;
        struct flow_set set;
        struct slice tag; /* tag, untag */
        struct flow_wait wait;
        struct flow_http http;
        struct flow_mail mail;
        struct flow_text farewell; /* help, close: what is said; may be absent */
    };
};

enum flow_event {
    FLOW_ON_GET_STARTED,
    FLOW_ON_PHRASE,
    FLOW_ON_PAYLOAD,
    FLOW_ON_REFERRAL,
    FLOW_ON_HELP,
    FLOW_ON_NO_REPLY,
    FLOW_ON_FALLBACK,
    FLOW_ON_COUNT
};

struct flow_phrase {
    struct slice lang; /* empty: any */
    struct text_form form;
};

struct flow_trigger {
    enum flow_event on;
    struct flow_exit go;
    const struct flow_phrase *phrases; /* phrase, help */
    size_t n_phrases;
    bool whole; /* phrase: the message must say nothing else */
    bool typos;
    struct slice value; /* payload, ref; empty ref: any */
    int64_t after_ms;   /* no_reply */
};

/* A declared attribute or contact field: what it is kept for. */
struct flow_field {
    struct slice name, meaning, otherwise;
};

/* A way to ask for a human that needs no trigger. */
struct flow_help {
    struct text_form form;
    bool whole;
};

struct flow {
    struct slice name;
    struct slice language; /* of texts without a language that fits; "en" when not written */
    const struct flow_field *fields;
    size_t n_fields;
    const struct flow_trigger *triggers;
    size_t n_triggers;
    const struct flow_node *nodes;
    size_t n_nodes;
    const int *by_id; /* node indexes sorted by id */
    size_t n_counted; /* nodes with a counter */
    const struct flow_help *help;
    size_t n_help;
};

/** Order of ids and names: by bytes. */
int flow_compare(struct slice a, struct slice b);
/** The node with this id, or NULL. */
const struct flow_node *flow_node_by_id(const struct flow *flow, struct slice id);
/** The first trigger of this kind, or NULL. */
const struct flow_trigger *flow_trigger_on(const struct flow *flow, enum flow_event on);
/** The declared field, or NULL. */
const struct flow_field *flow_field_by_name(const struct flow *flow, struct slice name);
/** True for the names that are no attributes: profile, contact, and what the moment gives. */
bool flow_name_reserved(struct slice name);
/** True for email, phone, first_name, last_name: reserved, yet an ask may save into them. */
bool flow_name_contact(struct slice name);
const char *flow_type_name(enum flow_type type);

#endif
