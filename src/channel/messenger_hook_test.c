/* Bodies as Meta posts them, down to the rows; and a second time, which adds nothing. */
#include "channel/messenger_hook.h"

#include "channel/hook_log.h"
#include "channel/messenger_deletion.h"
#include "channel/sql.h"
#include "talk/talk_unit.h"

#define NOW_S "1793145600"

struct posting {
    struct world *w;
    struct messenger_batch batch;
};

static int file_work(struct turn *turn, void *arg)
{
    struct posting *posting = arg;
    struct messenger_page *page = &posting->batch.pages[0];
    const struct messenger_arrival arrival = {100, 1500};

    return messenger_hook_file(turn, posting->w->channel.id, posting->w->tenant.id, page, 0,
                               page->n, &arrival);
}

static void post(struct world *w, const char *body)
{
    const struct messenger_in_opts opts = {SLICE("4711"), atomic_load(&unit_now)};
    struct arena *arena = arena_new(MESSENGER_IN_ARENA);
    struct posting posting = {.w = w};

    ck_assert_ok(messenger_in_read(arena, slice_cstr(body), &opts, &posting.batch));
    ck_assert_uint_eq(posting.batch.n, 1);
    ck_assert_ok(store_write_wait(w->store, w->tenant.id, file_work, &posting));
    arena_free(arena);
}

struct log_view {
    struct hook_query query;
    struct hook_line lines[32];
    size_t n;
    int64_t next;
};

static int list_work(struct turn *turn, void *arg)
{
    struct log_view *view = arg;
    struct hook_line *list;
    int r = hook_log_list(turn, &view->query, &list, &view->n, &view->next);

    if (r == 0)
        memcpy(view->lines, list, (view->n < 32 ? view->n : 32) * sizeof(*list));
    return r;
}

static struct log_view log_of(struct world *w, struct hook_query query)
{
    struct log_view view = {.query = query};

    view.query.tenant = w->tenant.id;
    ck_assert_ok(store_read_wait(w->store, list_work, &view));
    return view;
}

#define EVENT(members)                                                                             \
    "{\"sender\":{\"id\":\"2001\"},\"recipient\":{\"id\":\"101\"},\"timestamp\":\"" NOW_S "000\"," \
    "" members "}"
#define PAGE(events) "{\"object\":\"page\",\"entry\":[{\"id\":\"101\",\"messaging\":[" events "]}]}"

static const char
    everything
        [] =
            PAGE(EVENT("\"message\":{\"mid\":\"m1\",\"text\":"
                       "\"gr\\u00fc\\u00df \\/\"}") "," EVENT("\"message\":{"
                                                              "\"mid\":\"m2\","
                                                              "\"text\":"
                                                              "\"Yes\","
                                                              "\"quick_"
                                                              "reply\":{"
                                                              "\"payload\":"
                                                              "\"Y\"}}") "," EVENT("\"postback\":{"
                                                                                   "\"mid\":\"m3\","
                                                                                   "\"title\":"
                                                                                   "\"Menu\","
                                                                                   "\"payload\":"
                                                                                   "\"MENU\"}") "," EVENT("\"reaction\":{\"mid\":\"m1\",\"emoji\":\"!\",\"action\":\"react\"}") "," EVENT("\"message_edit\":{\"mid\":\"m2\",\"text\":\"No\",\"num_edit\":\"1\"}") "," EVENT("\"message\":{\"mid\":\"m3\",\"is_deleted\":true}") "," EVENT("\"referral\":{\"ref\":\"ad\","
                                                                                                                                                                                                                                                                                                                                          "\"source\":\"ADS\",\"type\":"
                                                                                                                                                                                                                                                                                                                                          "\"OPEN_THREAD\"}") "," EVENT("\""
                                                                                                                                                                                                                                                                                                                                                                        "pa"
                                                                                                                                                                                                                                                                                                                                                                        "ss"
                                                                                                                                                                                                                                                                                                                                                                        "_t"
                                                                                                                                                                                                                                                                                                                                                                        "hr"
                                                                                                                                                                                                                                                                                                                                                                        "ea"
                                                                                                                                                                                                                                                                                                                                                                        "d_"
                                                                                                                                                                                                                                                                                                                                                                        "co"
                                                                                                                                                                                                                                                                                                                                                                        "nt"
                                                                                                                                                                                                                                                                                                                                                                        "ro"
                                                                                                                                                                                                                                                                                                                                                                        "l"
                                                                                                                                                                                                                                                                                                                                                                        "\""
                                                                                                                                                                                                                                                                                                                                                                        ":{"
                                                                                                                                                                                                                                                                                                                                                                        "\""
                                                                                                                                                                                                                                                                                                                                                                        "ne"
                                                                                                                                                                                                                                                                                                                                                                        "w_"
                                                                                                                                                                                                                                                                                                                                                                        "ow"
                                                                                                                                                                                                                                                                                                                                                                        "ne"
                                                                                                                                                                                                                                                                                                                                                                        "r_"
                                                                                                                                                                                                                                                                                                                                                                        "ap"
                                                                                                                                                                                                                                                                                                                                                                        "p_"
                                                                                                                                                                                                                                                                                                                                                                        "id"
                                                                                                                                                                                                                                                                                                                                                                        "\""
                                                                                                                                                                                                                                                                                                                                                                        ":"
                                                                                                                                                                                                                                                                                                                                                                        "\""
                                                                                                                                                                                                                                                                                                                                                                        "99"
                                                                                                                                                                                                                                                                                                                                                                        "\""
                                                                                                                                                                                                                                                                                                                                                                        "}") "," EVENT("\"game_play\":{}") "," EVENT("\"never_heard_of\":{}"));

static void check_everything(struct world *w)
{
    struct unit_view view = unit_look(w);

    ck_assert_uint_eq(view.n, 4);
    ck_assert_str_eq(view.text[0], "{\"text\":\"gr\xc3\xbc\xc3\x9f /\"}");
    ck_assert(!pii_empty(view.m[0].reaction));
    ck_assert_str_eq(view.text[1], "{\"text\":\"No\",\"payload\":\"Y\"}");
    ck_assert_str_eq(view.text[2], "");
    ck_assert_str_eq(view.text[3], "{\"event\":{\"type\":\"referral\",\"ref\":\"ad\"}}");
    ck_assert(view.c.standby);
    ck_assert_int_eq(view.c.unread, 3);
}

ENGINES_TEST(a_body_becomes_rows_and_a_replay_adds_nothing)
{
    struct world w = unit_world(e);
    struct log_view view;
    int64_t seq;

    post(&w, everything);
    check_everything(&w);
    seq = unit_look(&w).c.seq;
    post(&w, everything);
    check_everything(&w);
    ck_assert_int_eq(unit_look(&w).c.seq, seq); /* nobody is told of anything */
    view = log_of(&w, (struct hook_query){.outcome = HOOK_STORED});
    ck_assert_uint_eq(view.n,
                      7); /* message, postback, reaction, edit, deletion, referral, thread */
    view = log_of(&w, (struct hook_query){.outcome = HOOK_DUPLICATE});
    ck_assert_uint_eq(view.n, 7);
    view = log_of(&w, (struct hook_query){.kind = HOOK_UNKNOWN});
    ck_assert_uint_eq(view.n, 2);
    ck_assert_int_eq(view.lines[0].outcome, HOOK_IGNORED);
    ck_assert_int_eq(view.lines[0].size, 100);
    ck_assert_int_eq(view.lines[0].latency_us, 1500);
    store_close(w.store);
}

ENGINES_TEST(the_log_is_filtered_paged_and_purged)
{
    struct world w = unit_world(e);
    struct log_view view;

    post(&w, everything);
    view = log_of(&w, (struct hook_query){.limit = 3});
    ck_assert_uint_eq(view.n, 3);
    ck_assert(view.next == view.lines[2].id);
    view = log_of(&w, (struct hook_query){.limit = 100, .cursor = view.next});
    ck_assert_uint_eq(view.n, 6);
    ck_assert_int_eq(view.next, 0);
    ck_assert_uint_eq(log_of(&w, (struct hook_query){.slower_than_us = 1501}).n, 0);
    ck_assert_uint_eq(log_of(&w, (struct hook_query){.slower_than_us = 1500}).n, 9);
    ck_assert_uint_eq(log_of(&w, (struct hook_query){.channel = 5}).n, 0);
    ck_assert_uint_eq(log_of(&w, (struct hook_query){.channel = w.channel.id}).n, 9);
    store_close(w.store);
}

struct purge {
    int64_t before;
    size_t max;
    bool more;
};

static int purge_work(struct turn *turn, void *arg)
{
    struct purge *purge = arg;

    return hook_log_purge(turn, purge->before, purge->max, &purge->more);
}

ENGINES_TEST(old_lines_go_in_steps)
{
    struct world w = unit_world(e);
    struct purge purge = {.max = 5};

    post(&w, everything);
    unit_pass(&w, HOOK_LOG_KEEP_MS);
    post(&w, everything);
    purge.before = atomic_load(&unit_now) - HOOK_LOG_KEEP_MS + SECOND_MS;
    ck_assert_ok(store_write_wait(w.store, 0, purge_work, &purge));
    ck_assert(purge.more);
    ck_assert_ok(store_write_wait(w.store, 0, purge_work, &purge));
    ck_assert(!purge.more);
    ck_assert_uint_eq(log_of(&w, (struct hook_query){0}).n, 9);
    store_close(w.store);
}

static int load_work(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct channel channel;
    int r = channel_load(turn, w->tenant.id, w->channel.id, &channel);

    w->channel.state = channel.state;
    w->channel.reason = channel.reason;
    return r;
}

ENGINES_TEST(a_block_stops_the_channel_until_it_ends)
{
    struct world w = unit_world(e);

    post(&w,
         PAGE("{\"recipient\":{\"id\":\"101\"},\"policy_enforcement\":{\"action\":\"block\"}}"));
    ck_assert_ok(store_read_wait(w.store, load_work, &w));
    ck_assert_int_eq(w.channel.state, CHANNEL_BROKEN);
    ck_assert_int_eq(w.channel.reason, CHANNEL_BLOCKED);
    post(&w,
         PAGE("{\"recipient\":{\"id\":\"101\"},\"policy_enforcement\":{\"action\":\"unblock\"}}"));
    ck_assert_ok(store_read_wait(w.store, load_work, &w));
    ck_assert_int_eq(w.channel.state, CHANNEL_ON);
    store_close(w.store);
}

struct asking {
    char code[DELETION_CODE_SIZE];
    struct deletion deletion;
};

static int ask_work(struct turn *turn, void *arg)
{
    struct asking *asking = arg;

    return messenger_deletion_request(turn, PII("77001"), asking->code);
}

static int find_work(struct turn *turn, void *arg)
{
    struct asking *asking = arg;

    return messenger_deletion_find(turn, slice_cstr(asking->code), &asking->deletion);
}

ENGINES_TEST(a_deletion_request_is_found_by_its_code)
{
    struct world w = unit_world(e);
    struct asking asking;

    ck_assert_ok(store_write_wait(w.store, 0, ask_work, &asking));
    ck_assert_uint_eq(strlen(asking.code), 40);
    ck_assert_ok(store_read_wait(w.store, find_work, &asking));
    ck_assert_int_eq(asking.deletion.state, DELETION_ASKING);
    ck_assert_int_eq(asking.deletion.requested_at, UNIT_START);
    asking.code[0] = asking.code[0] == 'a' ? 'b' : 'a';
    ck_assert_err(store_read_wait(w.store, find_work, &asking), ERR_NOT_FOUND);
    store_close(w.store);
}

ENGINES_TEST(every_statement_is_understood)
{
    struct world w = unit_world(e);

    unit_statements(&w, channel_statements);
    store_close(w.store);
}

ENGINES_MAIN("channel/messenger_hook", a_body_becomes_rows_and_a_replay_adds_nothing,
             the_log_is_filtered_paged_and_purged, old_lines_go_in_steps,
             a_block_stops_the_channel_until_it_ends, a_deletion_request_is_found_by_its_code,
             every_statement_is_understood)
