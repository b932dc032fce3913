// What the Send API takes and refuses: limits and shapes as Meta documents them for v25.0.
// A refusal is thrown as {code, error_subcode, message}.

const TEXT_MAX = 1999;
const METADATA_MAX = 999;
const QUICK_REPLIES_MAX = 13;
const TITLE_MAX = 20;
const BUTTONS_MAX = 3;
const CARDS_MAX = 10;
const PAYLOAD_MAX = 1000;
const BUTTON_TEXT_MAX = 640;
const CARD_TEXT_MAX = 80;

const TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const ACTIONS = ['typing_on', 'typing_off', 'mark_seen'];
const MEDIA = ['image', 'video', 'audio', 'file'];

const refuse = (message, code = 100, error_subcode) => {
    throw { code, error_subcode, message: `(#${code}) ${message}` };
};

const length = (text) => [...text].length;

function need(condition, message, code, subcode) {
    if (!condition) refuse(message, code, subcode);
}

function onlyKeys(object, allowed, where) {
    need(object && typeof object === 'object' && !Array.isArray(object), `${where} must be an object`);
    for (const key of Object.keys(object))
        need(allowed.includes(key), `Param ${where} has an unknown key: ${key}`);
}

function textUpTo(value, max, where) {
    need(typeof value === 'string' && value.length > 0, `Param ${where} must be a non-empty string`);
    need(length(value) <= max, `Length of param ${where} must be less than or equal to ${max}`);
}

function checkButton(button, where) {
    onlyKeys(button, ['type', 'title', 'url', 'payload', 'webview_height_ratio', 'messenger_extensions'], where);
    textUpTo(button.title, TITLE_MAX, `${where}[title]`);
    if (button.type === 'web_url')
        need(/^https?:\/\//.test(button.url ?? ''), `Param ${where}[url] must be a valid URL`);
    else if (button.type === 'postback' || button.type === 'phone_number')
        textUpTo(button.payload, PAYLOAD_MAX, `${where}[payload]`);
    else refuse(`Param ${where}[type] is not known: ${button.type}`);
}

function checkButtons(buttons, where) {
    need(Array.isArray(buttons) && buttons.length >= 1 && buttons.length <= BUTTONS_MAX,
        `Param ${where} must have 1 to ${BUTTONS_MAX} elements`);
    buttons.forEach((button, i) => checkButton(button, `${where}[${i}]`));
}

function checkCard(card, where) {
    onlyKeys(card, ['title', 'subtitle', 'image_url', 'default_action', 'buttons'], where);
    textUpTo(card.title, CARD_TEXT_MAX, `${where}[title]`);
    if (card.subtitle !== undefined) textUpTo(card.subtitle, CARD_TEXT_MAX, `${where}[subtitle]`);
    need(card.subtitle || card.image_url || card.buttons, `Param ${where} needs more than a title`);
    if (card.buttons !== undefined) checkButtons(card.buttons, `${where}[buttons]`);
}

function checkTemplate(payload, where) {
    need(payload && typeof payload === 'object', `Param ${where} must be an object`);
    if (payload.template_type === 'button') {
        textUpTo(payload.text, BUTTON_TEXT_MAX, `${where}[text]`);
        checkButtons(payload.buttons, `${where}[buttons]`);
    } else if (payload.template_type === 'generic') {
        need(Array.isArray(payload.elements) && payload.elements.length >= 1 &&
            payload.elements.length <= CARDS_MAX, `Param ${where}[elements] must have 1 to ${CARDS_MAX} elements`);
        payload.elements.forEach((card, i) => checkCard(card, `${where}[elements][${i}]`));
    } else refuse(`Param ${where}[template_type] is not known: ${payload.template_type}`);
}

function checkAttachment(attachment) {
    onlyKeys(attachment, ['type', 'payload'], 'message[attachment]');
    if (attachment.type === 'template') checkTemplate(attachment.payload, 'message[attachment][payload]');
    else if (MEDIA.includes(attachment.type))
        need(attachment.payload?.url || attachment.payload?.attachment_id,
            'message[attachment][payload] needs url or attachment_id');
    else refuse(`message[attachment][type] is not known: ${attachment.type}`);
}

function checkQuickReplies(replies) {
    need(Array.isArray(replies) && replies.length >= 1 && replies.length <= QUICK_REPLIES_MAX,
        `message[quick_replies] must have 1 to ${QUICK_REPLIES_MAX} elements`);
    replies.forEach((reply, i) => {
        const where = `message[quick_replies][${i}]`;
        onlyKeys(reply, ['content_type', 'title', 'payload', 'image_url'], where);
        if (reply.content_type === 'text') {
            textUpTo(reply.title, TITLE_MAX, `${where}[title]`);
            textUpTo(reply.payload, PAYLOAD_MAX, `${where}[payload]`);
        } else need(['user_phone_number', 'user_email'].includes(reply.content_type),
            `${where}[content_type] is not known: ${reply.content_type}`);
    });
}

function checkMessage(message) {
    onlyKeys(message, ['text', 'attachment', 'quick_replies', 'metadata'], 'message');
    need((message.text === undefined) !== (message.attachment === undefined),
        'message needs either text or attachment', 100, 2018034);
    if (message.text !== undefined) {
        need(message.text !== '', 'Empty text', 100, 2018034);
        textUpTo(message.text, TEXT_MAX, 'message[text]');
    } else checkAttachment(message.attachment);
    if (message.quick_replies !== undefined) checkQuickReplies(message.quick_replies);
    if (message.metadata !== undefined) textUpTo(message.metadata, METADATA_MAX, 'message[metadata]');
}

/** Throws what is wrong with the body of POST /{page-id}/messages. */
export function checkSend(body) {
    onlyKeys(body, ['messaging_type', 'recipient', 'message', 'sender_action', 'tag', 'persona_id',
        'notification_type', 'access_token', 'appsecret_proof'], 'body');
    onlyKeys(body.recipient, ['id', 'user_ref', 'comment_id', 'post_id'], 'recipient');
    if (body.sender_action !== undefined) {
        need(body.message === undefined, 'sender_action must come alone');
        need(ACTIONS.includes(body.sender_action), `sender_action is not known: ${body.sender_action}`);
        return;
    }
    need(TYPES.includes(body.messaging_type), `messaging_type is not known: ${body.messaging_type}`);
    if (body.messaging_type === 'MESSAGE_TAG')
        need(body.tag === 'HUMAN_AGENT', `Message tag is not supported: ${body.tag}`);
    else need(body.tag === undefined, 'tag needs messaging_type MESSAGE_TAG');
    checkMessage(body.message);
}

/** Named rows of the error table, for behave({ error: NAME }). */
export const ERRORS = {
    temporary: { code: 1200 },
    service: { code: 2 },
    app_rate: { code: 4 },
    rate: { code: 613 },
    page_rate: { code: 4, error_subcode: 2018022 },
    marketing_cap: { code: 9, error_subcode: 2018352 },
    token: { code: 190 },
    window: { code: 10, error_subcode: 2018278 },
    window_old: { code: 10, error_subcode: 2018065 },
    not_reachable: { code: 10, error_subcode: 2018108 },
    unreachable: { code: 551, error_subcode: 1545041 },
    no_consent: { code: 230 },
    no_permission: { code: 10 },
    permission: { code: 200 },
    bad_request: { code: 100 },
    no_user: { code: 100, error_subcode: 2018001 },
    too_big: { code: 100, error_subcode: 2018109 },
    empty: { code: 100, error_subcode: 2018034 },
    no_profile: { code: 100, error_subcode: 2018218 },
    abusive: { code: 368 },
    switched_off: { code: 2022 },
    unknown: { code: 99999 },
};
