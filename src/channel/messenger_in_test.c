#include "channel/messenger_in.h"

#include "base/clock.h"
#include "base/err.h"
#include "unit.h"

#define NOW INT64_C(1795500000000)
#define APP "4711"

static struct messenger_batch read_with(const char *body, const char *app_id)
{
    const struct messenger_in_opts opts = {slice_cstr(app_id), NOW};
    struct messenger_batch batch;
    int r = messenger_in_read(unit_arena(MESSENGER_IN_ARENA), slice_cstr(body), &opts, &batch);

    ck_assert_msg(r == 0, "'%s' of %s", r < 0 ? err_code(r) : "", body);
    return batch;
}

static struct messenger_batch read_body(const char *body)
{
    return read_with(body, APP);
}

#define IN(where, events)                                                                          \
    "{\"object\":\"page\",\"entry\":[{\"id\":\"101\",\"time\":1795000000500,\"" where              \
    "\":[" events "]}]}"
#define EVENT(members)                                                                             \
    "{\"sender\":{\"id\":\"2001\"},\"recipient\":{\"id\":\"101\"},\"timestamp\":1795000000000,"    \
    "" members "}"
#define ECHO(members)                                                                              \
    "{\"sender\":{\"id\":\"101\"},\"recipient\":{\"id\":\"2001\"},\"timestamp\":1795000000000,"    \
    "\"message\":{\"is_echo\":true," members "}}"

static const struct row {
    const char *name;
    const char *event; /* NULL fields of the answer below are empty */
    enum hook_kind kind;
    int in; /* -1: ignored */
    const char *id, *target, *text, *payload, *parts, *reply_to;
    int64_t watermark;
    size_t targets;
} rows[] = {
    {"text", EVENT("\"message\":{\"mid\":\"m1\",\"text\":\"hi\"}"), HOOK_MESSAGE, IN_MESSAGE, "m1",
     .text = "hi"},
    {"escaped",
     EVENT("\"message\":{\"mid\":\"m1\",\"text\":\"\\u00e4 \\/ \\u003C \\u0025 \\u0040\"}"),
     HOOK_MESSAGE, IN_MESSAGE, "m1", .text = "\xc3\xa4 / < % @"},
    {"raw UTF-8", EVENT("\"message\":{\"mid\":\"m1\",\"text\":\"\xc3\xa4\"}"), HOOK_MESSAGE,
     IN_MESSAGE, "m1", .text = "\xc3\xa4"},
    {"surrogates", EVENT("\"message\":{\"mid\":\"m1\",\"text\":\"\\ud83d\\ude22\"}"), HOOK_MESSAGE,
     IN_MESSAGE, "m1", .text = "\xf0\x9f\x98\xa2"},
    {"half a surrogate", EVENT("\"message\":{\"mid\":\"m1\",\"text\":\"a\\ud83db\"}"), HOOK_MESSAGE,
     IN_MESSAGE, "m1",
     .text = "a\xef\xbf\xbd"
             "b"},
    {"quick reply",
     EVENT("\"message\":{\"mid\":\"m2\",\"text\":\"Yes\",\"quick_reply\":{\"payload\":\"Y\"}}"),
     HOOK_MESSAGE, IN_MESSAGE, "m2", .text = "Yes", .payload = "Y", .parts = "{\"payload\":\"Y\"}"},
    {"reply",
     EVENT("\"message\":{\"mid\":\"m3\",\"text\":\"x\",\"reply_to\":{\"mid\":\"m1\","
           "\"is_self_reply\":true}}"),
     HOOK_MESSAGE, IN_MESSAGE, "m3", .text = "x", .reply_to = "m1"},
    {"image",
     EVENT("\"message\":{\"mid\":\"m4\",\"attachments\":[{\"type\":\"image\",\"payload\":{\"url\":"
           "\"https:\\/\\/cdn.example.com\\/a.jpg\"}}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m4",
     .parts = "{\"attachments\":[{\"type\":\"image\",\"url\":\"https://cdn.example.com/a.jpg\"}]}"},
    {"sticker by id",
     EVENT("\"message\":{\"mid\":\"m5\",\"attachments\":[{\"type\":\"image\",\"payload\":{\"url\":"
           "\"https://cdn.example.com/s\",\"sticker_id\":369239263222822}}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m5",
     .parts = "{\"attachments\":[{\"type\":\"sticker\",\"url\":\"https://cdn.example.com/s\"}]}"},
    {"sticker by type",
     EVENT("\"message\":{\"mid\":\"m5\",\"attachments\":[{\"type\":\"sticker\",\"payload\":{}}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m5", .parts = "{\"attachments\":[{\"type\":\"sticker\"}]}"},
    {"fallback",
     EVENT("\"message\":{\"mid\":\"m6\",\"attachments\":[{\"type\":\"fallback\",\"title\":\"A\","
           "\"url\":\"https://example.com/\",\"payload\":null}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m6",
     .parts = "{\"attachments\":[{\"type\":\"fallback\",\"url\":\"https://example.com/\","
              "\"name\":\"A\"}]}"},
    {"payload that is a text, script address",
     EVENT("\"message\":{\"mid\":\"m6\",\"attachments\":[{\"type\":\"reel\",\"payload\":\"BLOB\","
           "\"url\":\"javascript:alert(1)\"}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m6", .parts = "{\"attachments\":[{\"type\":\"video\"}]}"},
    {"place",
     EVENT("\"message\":{\"mid\":\"m7\",\"attachments\":[{\"type\":\"location\",\"payload\":{"
           "\"coordinates\":{\"lat\":1,\"long\":2}}}]}"),
     HOOK_MESSAGE, IN_MESSAGE, "m7",
     .parts = "{\"attachments\":[{\"type\":\"location\",\"coordinates\":{\"lat\":1,\"long\":2}}]}"},
    {"unsupported", EVENT("\"message\":{\"mid\":\"m8\",\"is_unsupported\":true}"), HOOK_MESSAGE,
     IN_MESSAGE, "m8", .parts = "{\"attachments\":[{\"type\":\"fallback\"}]}"},
    {"deleted", EVENT("\"message\":{\"mid\":\"m1\",\"is_deleted\":true}"), HOOK_DELETION, IN_DELETE,
     "delete:m1::1795000000000", .target = "m1"},
    {"postback", EVENT("\"postback\":{\"mid\":\"m9\",\"title\":\"Menu\",\"payload\":\"MENU\"}"),
     HOOK_POSTBACK, IN_POSTBACK, "m9", .text = "Menu", .payload = "MENU",
     .parts = "{\"payload\":\"MENU\"}"},
    {"get started",
     EVENT("\"postback\":{\"mid\":\"m9\",\"title\":\"Get started\",\"payload\":\"GET_STARTED\","
           "\"referral\":{\"ref\":\"ad7\",\"source\":\"SHORTLINK\",\"type\":\"OPEN_THREAD\"}}"),
     HOOK_POSTBACK, IN_START, "m9", .payload = "ad7"},
    {"referral",
     EVENT("\"referral\":{\"ref\":\"ad7\",\"source\":\"ADS\",\"type\":\"OPEN_THREAD\"}"),
     HOOK_REFERRAL, IN_REFERRAL, "referral:1795000000000:ad7", .payload = "ad7"},
    {"optin",
     EVENT("\"optin\":{\"type\":\"notification_messages\",\"notification_messages_token\":\"T\","
           "\"payload\":\"news\"}"),
     HOOK_OPTIN, IN_OPTIN, "optin:1795000000000:notification_messages:news", .payload = "news"},
    {"optin by a page's plug-in",
     "{\"recipient\":{\"id\":\"101\"},\"timestamp\":1795000000000,\"optin\":{\"ref\":\"r\","
     "\"user_ref\":\"u\"}}",
     HOOK_OPTIN, -1},
    {"delivery", EVENT("\"delivery\":{\"mids\":[\"a\",7,\"b\"],\"watermark\":1795000000001}"),
     HOOK_DELIVERY, IN_DELIVERED, .watermark = 1795000000001, .targets = 2},
    {"delivery without mids", EVENT("\"delivery\":{\"watermark\":\"1795000000001\"}"),
     HOOK_DELIVERY, IN_DELIVERED, .watermark = 1795000000001},
    {"read", EVENT("\"read\":{\"watermark\":1795000000001}"), HOOK_READ, IN_READ,
     .watermark = 1795000000001},
    {"read, Instagram's form", EVENT("\"read\":{\"mid\":\"m1\"}"), HOOK_READ, IN_READ,
     .watermark = 1795000000000},
    {"reaction",
     EVENT("\"reaction\":{\"reaction\":\"sad\",\"emoji\":\"\\ud83d\\ude22\",\"action\":\"react\","
           "\"mid\":\"m1\"}"),
     HOOK_REACTION, IN_REACTION, "reaction:m1:react:1795000000000", .target = "m1",
     .text = "\xf0\x9f\x98\xa2"},
    {"reaction taken back", EVENT("\"reaction\":{\"action\":\"unreact\",\"mid\":\"m1\"}"),
     HOOK_REACTION, IN_REACTION, "reaction:m1:unreact:1795000000000", .target = "m1"},
    {"reaction to nothing", EVENT("\"reaction\":{\"action\":\"react\",\"emoji\":\"x\"}"),
     HOOK_REACTION, -1},
    {"edit", EVENT("\"message_edit\":{\"mid\":\"m1\",\"text\":\"new\",\"num_edit\":2}"), HOOK_EDIT,
     IN_EDIT, "edit:m1:2:1795000000000", .target = "m1", .text = "new"},
    {"edit, number as text",
     EVENT("\"message_edit\":{\"mid\":\"m1\",\"text\":\"new\",\"num_edit\":\"2\"}"), HOOK_EDIT,
     IN_EDIT, "edit:m1:2:1795000000000", .target = "m1", .text = "new"},
    {"thread passed to us",
     EVENT("\"pass_thread_control\":{\"previous_owner_app_id\":null,\"new_owner_app_id\":4711}"),
     HOOK_THREAD, IN_STANDBY_OFF, "pass:1795000000000:4711"},
    {"thread passed on", EVENT("\"pass_thread_control\":{\"new_owner_app_id\":\"99\"}"),
     HOOK_THREAD, IN_STANDBY_ON, "pass:1795000000000:99"},
    {"thread taken", EVENT("\"take_thread_control\":{\"previous_owner_app_id\":\"4711\"}"),
     HOOK_THREAD, IN_STANDBY_ON, "take:1795000000000:"},
    {"thread asked for", EVENT("\"request_thread_control\":{\"requested_owner_app_id\":\"99\"}"),
     HOOK_THREAD, -1},
    {"roles", "{\"recipient\":{\"id\":\"101\"},\"timestamp\":1,\"app_roles\":{\"4711\":[\"x\"]}}",
     HOOK_THREAD, -1},
    {"warning", "{\"recipient\":{\"id\":\"101\"},\"policy_enforcement\":{\"action\":\"warning\"}}",
     HOOK_POLICY, -1},
    {"feedback", EVENT("\"response_feedback\":{\"feedback\":\"Good response\",\"mid\":\"m1\"}"),
     HOOK_FEEDBACK, -1},
    {"account linking", EVENT("\"account_linking\":{\"status\":\"linked\"}"), HOOK_ACCOUNT_LINKING,
     -1},
    {"game", EVENT("\"game_play\":{\"game_id\":\"1\"}"), HOOK_GAME_PLAY, -1},
    {"request accepted", EVENT("\"message_request\":\"accept\""), HOOK_MESSAGE_REQUEST, -1},
    {"unknown", EVENT("\"payment\":{}"), HOOK_UNKNOWN, -1},
    {"no object", "7", HOOK_UNKNOWN, -1},
    {"message that is none", EVENT("\"message\":7"), HOOK_MESSAGE, -1},
    {"message of nobody", "{\"timestamp\":1,\"message\":{\"mid\":\"m\",\"text\":\"x\"}}",
     HOOK_MESSAGE, -1},
};

static void same(const struct row *row, const char *what, struct slice got, const char *want)
{
    ck_assert_msg(slice_eq(got, slice_cstr(want ? want : "")), "%s: %s is '%.*s', not '%s'",
                  row->name, what, SLICE_ARG(got), want ? want : "");
}

static void check_row(const struct row *row, struct messenger_batch batch)
{
    const struct messenger_page *page = &batch.pages[0];
    const struct talk_in *in = &page->events[0];

    ck_assert_msg(page->n == (row->in >= 0), "%s: %zu events", row->name, page->n);
    if (row->in < 0) {
        ck_assert_msg(page->ignored[row->kind] == 1, "%s: not counted as ignored", row->name);
        return;
    }
    ck_assert_msg(page->kinds[0] == row->kind && (int)in->kind == row->in, "%s: kinds %d, %d",
                  row->name, page->kinds[0], in->kind);
    same(row, "person", pii_reveal(in->external), "2001");
    same(row, "target", pii_reveal(in->target), row->target);
    same(row, "text", pii_reveal(in->text), row->text);
    same(row, "payload", pii_reveal(in->payload), row->payload);
    same(row, "parts", in->parts, row->parts);
    same(row, "reply_to", pii_reveal(in->reply_to), row->reply_to);
    same(row, "event id", pii_reveal(in->event_id), row->id);
    ck_assert_int_eq(in->at, 1795000000000);
    ck_assert_int_eq(in->watermark, row->watermark);
    ck_assert_uint_eq(in->target_count, row->targets);
}

START_TEST(every_kind_of_event_is_read)
{
    char body[4000];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(body, sizeof(body), IN("messaging", "%s"), rows[i].event);
        check_row(&rows[i], read_body(body));
    }
}
END_TEST

START_TEST(an_echo_tells_who_spoke)
{
    const struct {
        const char *event, *app;
        int64_t ours;
        bool automatic;
    } cases[] = {
        {ECHO("\"app_id\":4711,\"mid\":\"e\",\"metadata\":\"msg_0000000000007\""), APP, 7, false},
        {ECHO("\"app_id\":\"4711\",\"mid\":\"e\",\"metadata\":\"msg_0000000000007\""), APP, 7,
         false},
        {ECHO("\"app_id\":4711,\"mid\":\"e\",\"metadata\":\"else\""), APP, 0, true},
        {ECHO("\"app_id\":4711,\"mid\":\"e\""), APP, 0, true},
        {ECHO("\"app_id\":99,\"mid\":\"e\",\"metadata\":\"msg_0000000000007\""), APP, 0, false},
        {ECHO("\"mid\":\"e\",\"text\":\"from the Page's inbox\""), APP, 0, false},
        {ECHO("\"app_id\":99,\"mid\":\"e\",\"metadata\":\"msg_0000000000007\""), "", 7, false},
        {ECHO("\"app_id\":99,\"mid\":\"e\""), "", 0, false},
    };
    char body[1000];
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct messenger_batch batch;

        snprintf(body, sizeof(body), IN("messaging", "%s"), cases[i].event);
        batch = read_with(body, cases[i].app);
        ck_assert_uint_eq(batch.pages[0].n, 1);
        ck_assert_int_eq(batch.pages[0].events[0].kind, IN_ECHO);
        ck_assert_slice(pii_reveal(batch.pages[0].events[0].external), "2001");
        ck_assert_slice(pii_reveal(batch.pages[0].events[0].event_id), "e");
        ck_assert_msg(batch.pages[0].events[0].our_message == cases[i].ours &&
                          batch.pages[0].events[0].automatic == cases[i].automatic,
                      "case %zu", i);
    }
}
END_TEST

START_TEST(a_message_without_an_id_gets_the_same_one_each_time)
{
    const char *body =
        IN("messaging",
           EVENT("\"message\":{\"text\":\"a\"}") "," EVENT("\"message\":{\"text\":\"b\"}"));
    struct messenger_batch first = read_body(body), again = read_body(body);
    struct slice a = pii_reveal(first.pages[0].events[0].event_id);

    ck_assert_uint_eq(a.len, strlen("message:1795000000000:") + 32);
    ck_assert(slice_eq(a, pii_reveal(again.pages[0].events[0].event_id)));
    ck_assert(!slice_eq(a, pii_reveal(first.pages[0].events[1].event_id)));
}
END_TEST

START_TEST(standby_is_marked_and_changes_are_counted)
{
    struct messenger_batch batch =
        read_body(IN("standby", EVENT("\"postback\":{\"mid\":\"p\",\"title\":\"Menu\"}")));

    ck_assert_uint_eq(batch.pages[0].n, 1);
    ck_assert(batch.pages[0].events[0].standby);
    batch = read_body(IN("changes", "{\"field\":\"feed\",\"value\":{}},{\"field\":\"x\"}"));
    ck_assert_uint_eq(batch.pages[0].n, 0);
    ck_assert_uint_eq(batch.pages[0].ignored[HOOK_CHANGES], 2);
}
END_TEST

START_TEST(a_block_and_its_end_are_told)
{
#define POLICY(action)                                                                             \
    "{\"recipient\":{\"id\":\"101\"},\"policy_enforcement\":{\"action\":\"" action "\"}}"
    ck_assert_int_eq(read_body(IN("messaging", POLICY("block"))).pages[0].policy, POLICY_BLOCK);
    ck_assert_int_eq(read_body(IN("messaging", POLICY("unblock"))).pages[0].policy, POLICY_UNBLOCK);
    ck_assert_int_eq(read_body(IN("messaging", POLICY("warning"))).pages[0].policy, POLICY_NONE);
}
END_TEST

START_TEST(events_are_grouped_by_page_and_ordered_by_time)
{
    struct messenger_batch batch = read_body(
        "{\"object\":\"page\",\"entry\":["
        "{\"id\":\"101\",\"messaging\":[{\"sender\":{\"id\":1},\"timestamp\":1795000000300,"
        "\"message\":{\"mid\":\"c\"}}]},"
        "{\"id\":102,\"messaging\":[{\"sender\":{\"id\":1},\"timestamp\":1795000000200,"
        "\"message\":{\"mid\":\"x\"}}]},"
        "{\"messaging\":[{}]},"
        "{\"id\":\"101\",\"messaging\":[{\"sender\":{\"id\":1},\"timestamp\":1795000000100,"
        "\"message\":{\"mid\":\"a\"}},{\"sender\":{\"id\":\"2\"},\"timestamp\":1795000000300,"
        "\"message\":{\"mid\":\"d\"}}]}]}");

    ck_assert_uint_eq(batch.n, 2);
    ck_assert_uint_eq(batch.ignored, 1);
    ck_assert_slice(batch.pages[1].id, "102");
    ck_assert_uint_eq(batch.pages[0].n, 3);
    ck_assert_slice(pii_reveal(batch.pages[0].events[0].event_id), "a");
    ck_assert_slice(pii_reveal(batch.pages[0].events[1].event_id), "c");
    ck_assert_slice(pii_reveal(batch.pages[0].events[2].event_id), "d");
}
END_TEST

START_TEST(times_are_mended)
{
#define AT(time) "{\"sender\":{\"id\":\"2001\"}," time "\"message\":{\"mid\":\"m\"}}"
    ck_assert_int_eq(read_body(IN("messaging", AT(""))).pages[0].events[0].at, 1795000000500);
    ck_assert_int_eq(
        read_body(IN("messaging", AT("\"timestamp\":1795000000,"))).pages[0].events[0].at,
        1795000000000);
    ck_assert_int_eq(
        read_body(IN("messaging", AT("\"timestamp\":99999999999999,"))).pages[0].events[0].at, NOW);
    ck_assert_int_eq(read_body(IN("messaging", AT("\"timestamp\":-5,"))).pages[0].events[0].at,
                     1795000000500);
}
END_TEST

START_TEST(a_thousand_events_in_one_body_are_kept)
{
    struct buf body = BUF_INIT(400 * 1000);
    struct messenger_batch batch;
    int i, r = buf_addf(&body, "{\"object\":\"page\",\"entry\":[{\"id\":\"101\",\"messaging\":[");

    for (i = 0; r == 0 && i < 1000; i++)
        r = buf_addf(&body,
                     "%s{\"sender\":{\"id\":%d},\"timestamp\":%lld,\"message\":{\"mid\":\"m%d\"}}",
                     i ? "," : "", 5000 + i, 1795000001000LL - i, i);
    if (r == 0)
        r = buf_add(&body, slice_of("]}]}", 5));
    ck_assert_int_eq(r, 0);
    batch = read_body(body.ptr);
    ck_assert_uint_eq(batch.pages[0].n, 1000);
    ck_assert_slice(pii_reveal(batch.pages[0].events[0].event_id), "m999");
    ck_assert_slice(pii_reveal(batch.pages[0].events[999].event_id), "m0");
    buf_done(&body);
}
END_TEST

START_TEST(what_is_no_object_is_refused)
{
    const struct messenger_in_opts opts = {SLICE(APP), NOW};
    struct arena *arena = arena_new(MESSENGER_IN_ARENA);
    struct messenger_batch batch;

    ck_assert_int_eq(messenger_in_read(arena, SLICE("{"), &opts, &batch), ERR_SYNTAX);
    ck_assert_int_eq(messenger_in_read(arena, SLICE("[]"), &opts, &batch), ERR_SYNTAX);
    ck_assert_int_eq(messenger_in_read(arena, SLICE_NONE, &opts, &batch), ERR_SYNTAX);
    ck_assert_int_eq(messenger_in_read(arena, SLICE("{\"entry\":7}"), &opts, &batch), 0);
    ck_assert_uint_eq(batch.n, 0);
    arena_free(arena);
}
END_TEST

UNIT_MAIN("channel/messenger_in", every_kind_of_event_is_read, an_echo_tells_who_spoke,
          a_message_without_an_id_gets_the_same_one_each_time,
          standby_is_marked_and_changes_are_counted, a_block_and_its_end_are_told,
          events_are_grouped_by_page_and_ordered_by_time, times_are_mended,
          a_thousand_events_in_one_body_are_kept, what_is_no_object_is_refused)
