/**
 * Every webhook of megaAPI as a type, the way it is on the wire: one for each `messageType`.
 *
 * `switch (webhook.messageType)` narrows a `Webhook`. Fields that some source, or some year, shows
 * without are optional; there may be others, which the contract does not know.
 *
 * Written by `megaapi-mock spec types` from the contract.
 */

/**
 * The key of the message an event is about.
 *
 * Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
 */
export interface MessageWebhookKey {
  /** The chat. A person may be behind an `@lid`; the number is then in `senderPn`. */
  remoteJid: string;
  /** Whether the connected account wrote it. */
  fromMe: boolean;
  /**
   * 32 hex digits from Android, 20 from an iPhone, 22 from the web and from the gateway. Unique
   * per chat.
   */
  id: string;
  /**
   * The author, in groups, broadcasts and statuses.
   *
   * Evidence: vendor-doc (vendor-webhook-php, nextjs-crm, baileys).
   */
  participant?: string;
  /**
   * The author's hidden number, in groups, since 2026.
   *
   * Evidence: baileys (baileys).
   */
  participantLid?: string;
  /**
   * The author's number, in groups where `participant` is an `@lid`.
   *
   * Evidence: baileys (baileys).
   */
  participantPn?: string;
  /**
   * The other party's hidden number, in direct messages, since 2026.
   *
   * Evidence: observed (bot-remar, wacrm, baileys).
   */
  senderLid?: string;
  /**
   * The other party's number when `remoteJid` is an `@lid`; the address to answer to.
   *
   * Evidence: observed (bot-remar, wacrm, vercel-bot, baileys).
   */
  senderPn?: string;
  /**
   * With newer versions of Baileys only.
   *
   * Evidence: baileys (baileys).
   */
  server_id?: string;
}

/**
 * A message event in any generation. 2023 has the required fields; 2024 adds isBusiness after
 * `jid`; 2025 drops it and adds isGroup and messageSecret; 2026 adds lid, key.senderLid and
 * key.senderPn.
 */
export interface MessageWebhook {
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  /**
   * Probably about the connected account.
   *
   * Evidence: vendor-doc (business-docs, php-bot-2023).
   */
  isBusiness?: boolean;
  key: MessageWebhookKey;
  /** Unix seconds. A number here; numbers inside `message` are strings. */
  messageTimestamp: number;
  /** The author's profile name, never a group's. Can be missing, empty, or the text `null`. */
  pushName?: string;
  broadcast: boolean;
  /**
   * Whether `key.remoteJid` is a group, since 2025.
   *
   * Evidence: observed (n8n-capture, bot-remar, tv-orderhub).
   */
  isGroup?: boolean;
  /**
   * The sender's verified business name.
   *
   * Evidence: vendor-doc (vendor-webhook-php, business-docs).
   */
  verifiedBizName?: string;
  /**
   * The vendor's sample reads it; no example shows it.
   *
   * Evidence: vendor-doc (vendor-webhook-php, baileys).
   */
  status?: number | string;
}

/** Evidence: baileys (baileys). */
export interface BesideContentSenderKeyDistributionMessage {
  groupId?: string;
  /** Bytes as base64 with padding. */
  axolotlSenderKeyDistributionMessage?: string;
}

export interface MessageContextInfoDeviceListMetadata {
  /** Bytes as base64 with padding. */
  senderKeyHash?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  senderTimestamp?: string;
  /** Bytes as base64 with padding. */
  recipientKeyHash?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  recipientTimestamp?: string;
}

/**
 * The key of another message, the one this content is about.
 *
 * Evidence: baileys (baileys).
 */
export interface ReferredKey {
  remoteJid: string;
  /** Seen from whoever wrote the content. */
  fromMe: boolean;
  /** As whoever wrote the content gives it; nobody looks whether there is such a message. */
  id: string;
  /** That message's author, in groups. */
  participant?: string;
}

/**
 * The album a picture belongs to.
 *
 * Evidence: baileys (baileys).
 */
export interface MessageContextInfoMessageAssociation {
  associationType?: string;
  parentMessageKey: ReferredKey;
}

/**
 * The sender's devices and the message's secret. Stands beside the content.
 *
 * Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
 */
export interface MessageContextInfo {
  deviceListMetadata?: MessageContextInfoDeviceListMetadata;
  deviceListMetadataVersion?: number;
  /**
   * Since 2025.
   *
   * Evidence: observed (n8n-capture).
   */
  messageSecret?: string;
  /**
   * The album a picture belongs to.
   *
   * Evidence: baileys (baileys).
   */
  messageAssociation?: MessageContextInfoMessageAssociation;
}

/** What may stand beside the content of a message, whatever that is. */
export interface BesideContent {
  /** Evidence: baileys (baileys). */
  senderKeyDistributionMessage?: BesideContentSenderKeyDistributionMessage;
  messageContextInfo?: MessageContextInfo;
}

export interface ConversationWebhookMessage extends BesideContent {
  conversation: string;
}

/**
 * Arrives as:
 * - text-plain: Plain text; observed (n8n-capture, vendor-webhook-php, business-docs, php-
 *   bot-2023, bot-remar).
 * - text-plain-2023: Plain text as the vendor still prints it; vendor-doc (business-docs, vendor-
 *   webhook-php).
 * - text-plain-lid: Plain text from a hidden number; observed (bot-remar, wacrm, vercel-bot).
 * - group-text: Text in a group; observed (vendor-webhook-php, tv-orderhub, nextjs-crm, wacrm,
 *   baileys).
 * - group-text-first-of-sender: Author's first text in a group; baileys (baileys, nextjs-crm,
 *   ancestor).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ConversationWebhook extends MessageWebhook {
  messageType: "conversation";
  message: ConversationWebhookMessage;
}

export interface QuotedContentExtendedTextMessage {
  text: string;
}

/** The quoted content, as the caller or the sender's phone gave it. */
export interface QuotedContent {
  conversation?: string;
  extendedTextMessage?: QuotedContentExtendedTextMessage;
  /** Whatever else there is. */
  [name: string]: unknown;
}

export interface ContextInfoDisappearingMode {
  initiator?: string;
  trigger?: string;
}

/**
 * The advertisement a customer came from.
 *
 * Evidence: observed (nextjs-crm, baileys).
 */
export interface ExternalAdReply {
  title?: string;
  body?: string;
  mediaType?: "NONE" | "IMAGE" | "VIDEO";
  thumbnailUrl?: string;
  mediaUrl?: string;
  /** Bytes as base64 with padding. */
  thumbnail?: string;
  sourceType?: string;
  sourceId?: string;
  sourceUrl: string;
  containsAutoReply?: boolean;
  renderLargerThumbnail?: boolean;
  showAdAttribution?: boolean;
  ctwaClid?: string;
}

/**
 * What a message refers to - a quote, a forward, mentions, an advertisement, the chat's
 * disappearing-message setting.
 *
 * Evidence: baileys (baileys).
 */
export interface ContextInfo {
  /** The quoted message's id. */
  stanzaId?: string;
  /** The quoted message's author. */
  participant?: string;
  /** The quoted message's chat, when it is another one. */
  remoteJid?: string;
  quotedMessage?: QuotedContent;
  mentionedJid?: string[];
  /** 127 and more shows as forwarded many times. */
  forwardingScore?: number;
  isForwarded?: boolean;
  expiration?: number;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  ephemeralSettingTimestamp?: string;
  disappearingMode?: ContextInfoDisappearingMode;
  conversionSource?: string;
  entryPointConversionSource?: string;
  entryPointConversionApp?: string;
  externalAdReply?: ExternalAdReply;
}

/**
 * Text. Everything sent through the API is this, never `conversation`.
 *
 * Evidence: baileys (baileys, business-docs, plan-code-webhook-page).
 */
export interface ExtendedTextMessage {
  text: string;
  /** The address a preview was made of. */
  matchedText?: string;
  canonicalUrl?: string;
  title?: string;
  description?: string;
  previewType?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  thumbnailDirectPath?: string;
  /** 32 bytes as base64. */
  thumbnailSha256?: string;
  /** 32 bytes as base64. */
  thumbnailEncSha256?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  thumbnailHeight?: number;
  thumbnailWidth?: number;
  /** The colour behind a status, with its `font`. */
  backgroundArgb?: number;
  font?: number | string;
  inviteLinkGroupTypeV2?: string;
  contextInfo?: ContextInfo;
}

export interface ExtendedTextWebhookMessage extends BesideContent {
  extendedTextMessage: ExtendedTextMessage;
}

/**
 * Arrives as:
 * - text-extended: Text with context; vendor-doc (business-docs, plan-code-webhook-page, zap-
 *   assistant, linsalefe).
 * - text-link-preview: Text with a link preview; baileys (baileys, plan-code-webhook-page).
 * - text-quoted-reply: Text that quotes a message; baileys (baileys, vendor-webhook-php, nextjs-
 *   crm).
 * - text-forwarded: Forwarded text; baileys (baileys).
 * - text-mention: Group text that mentions people; baileys (baileys).
 * - text-ad-referral: First text of a customer from an advertisement; observed (nextjs-crm,
 *   baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ExtendedTextWebhook extends MessageWebhook {
  messageType: "extendedTextMessage";
  message: ExtendedTextWebhookMessage;
}

/**
 * A picture. Receivers have met images with nothing but the four required fields.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface ImageMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  /** Absent when empty. */
  caption?: string;
  height?: number;
  width?: number;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  /** Bytes as base64 with padding. */
  scansSidecar?: string;
  scanLengths?: number[];
  /** 32 bytes as base64. */
  midQualityFileSha256?: string;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * A video; an animated GIF is one with `gifPlayback`.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface VideoMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  /** Absent when empty. */
  caption?: string;
  seconds?: number;
  height?: number;
  width?: number;
  gifPlayback?: boolean;
  gifAttribution?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  /** Bytes as base64 with padding. */
  streamingSidecar?: string;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * A round video note, with the fields of a video.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface PtvMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  caption?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  seconds?: number;
  height?: number;
  width?: number;
  gifPlayback?: boolean;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  /** Bytes as base64 with padding. */
  streamingSidecar?: string;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * An audio; `ptt` marks a voice note.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface AudioMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  seconds?: number;
  ptt?: boolean;
  /** Bytes as base64 with padding. */
  waveform?: string;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * A file.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface DocumentMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  fileName?: string;
  /** Often the file name; absent in the vendor's example. */
  title?: string;
  caption?: string;
  pageCount?: number;
  contactVcard?: boolean;
  thumbnailDirectPath?: string;
  /** 32 bytes as base64. */
  thumbnailSha256?: string;
  /** 32 bytes as base64. */
  thumbnailEncSha256?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  thumbnailHeight?: number;
  thumbnailWidth?: number;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * A file.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 */
export interface CaptionedDocumentMessageDocument {
  /** Encrypted; needed by downloadMediaMessage. */
  url: string;
  mimetype: string;
  directPath: string;
  /** 32 bytes as base64. */
  mediaKey: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  fileName?: string;
  /** Often the file name; absent in the vendor's example. */
  title?: string;
  caption: string;
  pageCount?: number;
  contactVcard?: boolean;
  thumbnailDirectPath?: string;
  /** 32 bytes as base64. */
  thumbnailSha256?: string;
  /** 32 bytes as base64. */
  thumbnailEncSha256?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  thumbnailHeight?: number;
  thumbnailWidth?: number;
  viewOnce?: boolean;
  contextInfo?: ContextInfo;
}

export interface CaptionedDocumentMessage {
  documentMessage: CaptionedDocumentMessageDocument;
}

/**
 * A file with a caption, wrapped one level deeper.
 *
 * Evidence: observed (bot-remar, nextjs-crm, baileys).
 */
export interface CaptionedDocument {
  message: CaptionedDocumentMessage;
}

/**
 * A sticker. The vendor's example has its timestamps in milliseconds.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: url, mimetype, directPath, mediaKey.
 */
export interface StickerMessage {
  /** Encrypted; needed by downloadMediaMessage. */
  url?: string;
  mimetype?: string;
  directPath?: string;
  /** 32 bytes as base64. */
  mediaKey?: string;
  /** 32 bytes as base64. */
  fileSha256?: string;
  /** 32 bytes as base64. */
  fileEncSha256?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  fileLength?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  mediaKeyTimestamp?: string;
  height?: number;
  width?: number;
  firstFrameLength?: number;
  /** Bytes as base64 with padding. */
  firstFrameSidecar?: string;
  isAnimated?: boolean;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  stickerSentTs?: string;
  isAvatar?: boolean;
  isAiSticker?: boolean;
  isLottie?: boolean;
  contextInfo?: ContextInfo;
}

/**
 * A place. Inbound ones often have the two coordinates only.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
 *
 * Always there in what others send: degreesLatitude, degreesLongitude.
 */
export interface LocationMessage {
  degreesLatitude?: number;
  degreesLongitude?: number;
  name?: string;
  address?: string;
  url?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  contextInfo?: ContextInfo;
}

/**
 * The start of a shared live position; the positions that follow are not messages.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: degreesLatitude, degreesLongitude.
 */
export interface LiveLocationMessage {
  degreesLatitude?: number;
  degreesLongitude?: number;
  accuracyInMeters?: number;
  speedInMps?: number;
  degreesClockwiseFromMagneticNorth?: number;
  caption?: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  sequenceNumber?: string;
  timeOffset?: number;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  contextInfo?: ContextInfo;
}

/**
 * A contact card; the number without punctuation is the `waid` parameter.
 *
 * Evidence: vendor-doc (business-docs, vendor-webhook-php).
 *
 * Always there in what others send: displayName, vcard.
 */
export interface ContactMessage {
  displayName?: string;
  vcard?: string;
  contextInfo?: ContextInfo;
}

/**
 * Several contact cards at once.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: displayName, contacts.
 */
export interface ContactsArrayMessage {
  /** What the sender's phone calls the lot. */
  displayName?: string;
  contacts?: ContactMessage[];
  contextInfo?: ContextInfo;
}

/**
 * A reaction; an empty text takes it back.
 *
 * Evidence: baileys (baileys, nextjs-crm, aleff).
 */
export interface ReactionMessage {
  key: ReferredKey;
  /** One emoji, or nothing. */
  text: string;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  senderTimestampMs?: string;
}

export interface ListMessageSectionRow {
  title: string;
  description?: string;
  rowId: string;
}

export interface ListMessageSection {
  title?: string;
  rows: ListMessageSectionRow[];
}

/**
 * An option list. The request's `text` is `description` here, its `description` is `footerText`.
 *
 * Evidence: vendor-doc (business-docs, vendor-scriptcase, baileys).
 *
 * Always there in what others send: description, buttonText, listType, sections.
 */
export interface ListMessage {
  title?: string;
  description?: string;
  buttonText?: string;
  /**
   * The name of the value, although the request has a number.
   *
   * Evidence: baileys (business-docs, baileys).
   */
  listType?: "UNKNOWN" | "SINGLE_SELECT" | "PRODUCT_LIST";
  sections?: ListMessageSection[];
  footerText?: string;
  contextInfo?: ContextInfo;
}

export interface ListResponseMessageSingleSelectReply {
  /** The row's `rowId` as it was sent. */
  selectedRowId: string;
}

/**
 * The row somebody picked from a list.
 *
 * Evidence: observed (bot-remar, gestao-code, php-bot-2023, proplisted-hub, baileys).
 *
 * Always there in what others send: title, singleSelectReply.
 */
export interface ListResponseMessage {
  /** The row's title. */
  title?: string;
  listType?: "UNKNOWN" | "SINGLE_SELECT";
  singleSelectReply?: ListResponseMessageSingleSelectReply;
  /** The row's description, if it has one. */
  description?: string;
  contextInfo?: ContextInfo;
}

/**
 * The reply button somebody tapped.
 *
 * Evidence: observed (gestao-code, linsalefe, baileys).
 *
 * Always there in what others send: selectedButtonId.
 */
export interface ButtonsResponseMessage {
  selectedButtonId?: string;
  selectedDisplayText?: string;
  type?: "UNKNOWN" | "DISPLAY_TEXT";
  contextInfo?: ContextInfo;
}

/**
 * The quick-reply button of a template somebody tapped.
 *
 * Evidence: observed (nextjs-crm, baileys).
 *
 * Always there in what others send: selectedId.
 */
export interface TemplateButtonReplyMessage {
  selectedId?: string;
  selectedDisplayText?: string;
  /** The button's `index` in the template. */
  selectedIndex?: number;
  contextInfo?: ContextInfo;
}

export interface ReceivedInteractiveHeader {
  title?: string;
  subtitle?: string;
  hasMediaAttachment?: boolean;
}

export interface ReceivedInteractiveBody {
  text: string;
}

export interface ReceivedInteractiveFooter {
  text: string;
}

export interface ReceivedInteractiveNativeFlowMessageButton {
  /** `review_order`, `review_and_pay`, `quick_reply` and more. */
  name: string;
  /** A JSON object as text. */
  buttonParamsJson: string;
}

export interface ReceivedInteractiveNativeFlowMessage {
  buttons: ReceivedInteractiveNativeFlowMessageButton[];
  messageParamsJson?: string;
}

/**
 * A native flow somebody else sent, an order's review for example.
 *
 * Evidence: vendor-doc (vendor-webhook-php, business-docs).
 *
 * Always there in what others send: nativeFlowMessage.
 */
export interface ReceivedInteractive {
  header?: ReceivedInteractiveHeader;
  body?: ReceivedInteractiveBody;
  footer?: ReceivedInteractiveFooter;
  nativeFlowMessage?: ReceivedInteractiveNativeFlowMessage;
  contextInfo?: ContextInfo;
}

export interface InteractiveResponseMessageBody {
  text: string;
  format?: "DEFAULT" | "EXTENSIONS_1";
}

export interface InteractiveResponseMessageNativeFlowResponse {
  /** `quick_reply`, `menu_options` for a list, `flow_message` for a form. */
  name: string;
  /** A JSON object as text. */
  paramsJson: string;
  version?: number;
}

/**
 * The answer to a native-flow button, list or form.
 *
 * Evidence: baileys (baileys, linsalefe).
 *
 * Always there in what others send: nativeFlowResponseMessage.
 */
export interface InteractiveResponseMessage {
  body?: InteractiveResponseMessageBody;
  nativeFlowResponseMessage?: InteractiveResponseMessageNativeFlowResponse;
  contextInfo?: ContextInfo;
}

/**
 * A cart sent to a business account.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: orderId, token.
 */
export interface OrderMessage {
  orderId?: string;
  /** Bytes as base64 with padding. */
  thumbnail?: string;
  itemCount?: number;
  status?: "INQUIRY" | "ACCEPTED" | "DECLINED";
  surface?: "CATALOG";
  message?: string;
  orderTitle?: string;
  sellerJid?: string;
  token?: string;
  /** The amount times 1000. */
  totalAmount1000?: string;
  totalCurrencyCode?: string;
  contextInfo?: ContextInfo;
}

export interface PollCreationMessageOption {
  optionName: string;
}

/**
 * A poll; its votes can only be read with the secret in `messageContextInfo`.
 *
 * Evidence: observed (nextjs-crm, baileys).
 *
 * Always there in what others send: name, options.
 */
export interface PollCreationMessage {
  /** The question. */
  name?: string;
  options?: PollCreationMessageOption[];
  selectableOptionsCount?: number;
  contextInfo?: ContextInfo;
}

export interface PollUpdateMessageVote {
  /** Bytes as base64 with padding. */
  encPayload: string;
  /** Bytes as base64 with padding. */
  encIv: string;
}

/**
 * A vote, encrypted; nothing suggests that the gateway decrypts it.
 *
 * Evidence: baileys (baileys).
 */
export interface PollUpdateMessage {
  pollCreationMessageKey: ReferredKey;
  vote: PollUpdateMessageVote;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  senderTimestampMs?: string;
}

/** The message it is about. */
export interface ReceivedProtocolMessageKey {
  remoteJid: string;
  /** Seen from whoever wrote the content. */
  fromMe: boolean;
  /** As whoever wrote the content gives it; nobody looks whether there is such a message. */
  id: string;
  /** That message's author, in groups. */
  participant?: string | null;
}

export interface EditedContentImageMessage {
  caption: string;
}

export interface EditedContentVideoMessage {
  caption: string;
}

export interface EditedContentDocumentMessage {
  caption: string;
}

/**
 * What a message says after the edit; only texts and captions can be edited.
 *
 * Evidence: baileys (baileys).
 */
export interface EditedContent {
  conversation?: string;
  extendedTextMessage?: ExtendedTextMessage;
  imageMessage?: EditedContentImageMessage;
  videoMessage?: EditedContentVideoMessage;
  documentMessage?: EditedContentDocumentMessage;
}

export interface ReceivedProtocolMessageDisappearingMode {
  initiator?: string;
  trigger?: string;
}

/**
 * A message about a message, from the other party. `REVOKE` is the enum's first value, which some
 * encoders leave out.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: key.
 */
export interface ReceivedProtocolMessage {
  /** The message it is about. */
  key: ReceivedProtocolMessageKey;
  type?: "REVOKE" | "MESSAGE_EDIT" | "EPHEMERAL_SETTING";
  editedMessage?: EditedContent;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  timestampMs?: string;
  /** Seconds; 0 switches it off. */
  ephemeralExpiration?: number;
  disappearingMode?: ReceivedProtocolMessageDisappearingMode;
}

export interface ViewOnceContentMessage {
  imageMessage?: ImageMessage;
  videoMessage?: VideoMessage;
  audioMessage?: AudioMessage;
}

/**
 * Media that may be looked at once. Linked devices often get the wrapper without anything in it.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: .
 */
export interface ViewOnceContent {
  message?: ViewOnceContentMessage;
  contextInfo?: ContextInfo;
}

/**
 * How many pictures and videos follow, each as a message of its own.
 *
 * Evidence: baileys (baileys).
 */
export interface AlbumMessage {
  expectedImageCount?: number;
  expectedVideoCount?: number;
  contextInfo?: ContextInfo;
}

/**
 * A private invitation to a group.
 *
 * Evidence: baileys (baileys).
 *
 * Always there in what others send: groupJid, inviteCode.
 */
export interface GroupInviteMessage {
  groupJid?: string;
  inviteCode?: string;
  /** Unix seconds. */
  inviteExpiration?: string;
  groupName?: string;
  /** Bytes as base64 with padding. */
  jpegThumbnail?: string;
  caption?: string;
  contextInfo?: ContextInfo;
}

/**
 * A message pinned for everybody in the chat, or no longer.
 *
 * Evidence: baileys (baileys).
 */
export interface PinInChatMessage {
  key: ReferredKey;
  type: "PIN_FOR_ALL" | "UNPIN_FOR_ALL";
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  senderTimestampMs?: string;
}

/**
 * Content of any kind, one key per kind; side keys may stand beside it.
 *
 * Evidence: baileys (baileys, business-docs).
 */
export interface ReceivedContent {
  conversation?: string;
  extendedTextMessage?: ExtendedTextMessage;
  imageMessage?: ImageMessage;
  videoMessage?: VideoMessage;
  ptvMessage?: PtvMessage;
  audioMessage?: AudioMessage;
  documentMessage?: DocumentMessage;
  documentWithCaptionMessage?: CaptionedDocument;
  stickerMessage?: StickerMessage;
  locationMessage?: LocationMessage;
  liveLocationMessage?: LiveLocationMessage;
  contactMessage?: ContactMessage;
  contactsArrayMessage?: ContactsArrayMessage;
  reactionMessage?: ReactionMessage;
  listMessage?: ListMessage;
  listResponseMessage?: ListResponseMessage;
  buttonsResponseMessage?: ButtonsResponseMessage;
  templateButtonReplyMessage?: TemplateButtonReplyMessage;
  interactiveMessage?: ReceivedInteractive;
  interactiveResponseMessage?: InteractiveResponseMessage;
  orderMessage?: OrderMessage;
  pollCreationMessage?: PollCreationMessage;
  pollCreationMessageV2?: PollCreationMessage;
  pollCreationMessageV3?: PollCreationMessage;
  pollUpdateMessage?: PollUpdateMessage;
  protocolMessage?: ReceivedProtocolMessage;
  viewOnceMessage?: ViewOnceContent;
  viewOnceMessageV2?: ViewOnceContent;
  viewOnceMessageV2Extension?: ViewOnceContent;
  albumMessage?: AlbumMessage;
  groupInviteMessage?: GroupInviteMessage;
  pinInChatMessage?: PinInChatMessage;
}

export interface EphemeralWebhookMessageEphemeral {
  message: ReceivedContent;
}

export interface EphemeralWebhookMessage extends BesideContent {
  ephemeralMessage: EphemeralWebhookMessageEphemeral;
}

/**
 * Arrives as:
 * - ephemeral: Message that disappears; vendor-doc (business-docs, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface EphemeralWebhook extends MessageWebhook {
  messageType: "ephemeralMessage";
  message: EphemeralWebhookMessage;
}

export interface ImageWebhookMessage extends BesideContent {
  imageMessage: ImageMessage;
}

/**
 * Arrives as:
 * - image: Image; vendor-doc (vendor-webhook-php, business-docs, bot-remar).
 * - group-image: Image in a group; baileys (baileys, vendor-webhook-php).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ImageWebhook extends MessageWebhook {
  messageType: "imageMessage";
  message: ImageWebhookMessage;
}

export interface VideoWebhookMessage extends BesideContent {
  videoMessage: VideoMessage;
}

/**
 * Arrives as:
 * - video: Video; vendor-doc (vendor-webhook-php, business-docs, chatwoot-bridge).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface VideoWebhook extends MessageWebhook {
  messageType: "videoMessage";
  message: VideoWebhookMessage;
}

export interface PtvWebhookMessage extends BesideContent {
  ptvMessage: PtvMessage;
}

/**
 * Arrives as:
 * - video-note: Video note; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PtvWebhook extends MessageWebhook {
  messageType: "ptvMessage";
  message: PtvWebhookMessage;
}

export interface AudioWebhookMessage extends BesideContent {
  audioMessage: AudioMessage;
}

/**
 * Arrives as:
 * - audio-voice-note: Voice note; vendor-doc (vendor-webhook-php, business-docs, zap-assistant,
 *   linsalefe).
 * - audio-file: Audio file; baileys (baileys, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface AudioWebhook extends MessageWebhook {
  messageType: "audioMessage";
  message: AudioWebhookMessage;
}

export interface DocumentWebhookMessage extends BesideContent {
  documentMessage: DocumentMessage;
}

/**
 * Arrives as:
 * - document: Document; vendor-doc (vendor-webhook-php, business-docs, chatwoot-bridge).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface DocumentWebhook extends MessageWebhook {
  messageType: "documentMessage";
  message: DocumentWebhookMessage;
}

export interface DocumentWithCaptionWebhookMessage extends BesideContent {
  documentWithCaptionMessage: CaptionedDocument;
}

/**
 * Arrives as:
 * - document-with-caption: Document with a caption; observed (bot-remar, nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface DocumentWithCaptionWebhook extends MessageWebhook {
  messageType: "documentWithCaptionMessage";
  message: DocumentWithCaptionWebhookMessage;
}

export interface StickerWebhookMessage extends BesideContent {
  stickerMessage: StickerMessage;
}

/**
 * Arrives as:
 * - sticker: Sticker; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface StickerWebhook extends MessageWebhook {
  messageType: "stickerMessage";
  message: StickerWebhookMessage;
}

export interface LocationWebhookMessage extends BesideContent {
  locationMessage: LocationMessage;
}

/**
 * Arrives as:
 * - location: Location; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface LocationWebhook extends MessageWebhook {
  messageType: "locationMessage";
  message: LocationWebhookMessage;
}

export interface LiveLocationWebhookMessage extends BesideContent {
  liveLocationMessage: LiveLocationMessage;
}

/**
 * Arrives as:
 * - live-location: Live location; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface LiveLocationWebhook extends MessageWebhook {
  messageType: "liveLocationMessage";
  message: LiveLocationWebhookMessage;
}

export interface ContactWebhookMessage extends BesideContent {
  contactMessage: ContactMessage;
}

/**
 * Arrives as:
 * - contact: Contact card; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ContactWebhook extends MessageWebhook {
  messageType: "contactMessage";
  message: ContactWebhookMessage;
}

export interface ContactsArrayWebhookMessage extends BesideContent {
  contactsArrayMessage: ContactsArrayMessage;
}

/**
 * Arrives as:
 * - contacts-array: Several contact cards; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ContactsArrayWebhook extends MessageWebhook {
  messageType: "contactsArrayMessage";
  message: ContactsArrayWebhookMessage;
}

export interface ReactionWebhookMessage extends BesideContent {
  reactionMessage: ReactionMessage;
}

/**
 * Arrives as:
 * - reaction: Reaction; baileys (baileys, nextjs-crm, wacrm, aleff).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ReactionWebhook extends MessageWebhook {
  messageType: "reactionMessage";
  message: ReactionWebhookMessage;
}

export interface EncReactionWebhookMessageEncReaction {
  targetMessageKey: ReferredKey;
  /** Bytes as base64 with padding. */
  encPayload: string;
  /** Bytes as base64 with padding. */
  encIv: string;
}

export interface EncReactionWebhookMessage extends BesideContent {
  encReactionMessage: EncReactionWebhookMessageEncReaction;
}

/**
 * Arrives as:
 * - reaction: Reaction; baileys (baileys, nextjs-crm, wacrm, aleff).
 */
export interface EncReactionWebhook extends MessageWebhook {
  messageType: "encReactionMessage";
  message: EncReactionWebhookMessage;
}

export interface ListResponseWebhookMessage extends BesideContent {
  listResponseMessage: ListResponseMessage;
}

/**
 * Arrives as:
 * - list-response: Choice from a list; observed (bot-remar, gestao-code, php-bot-2023, proplisted-
 *   hub, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ListResponseWebhook extends MessageWebhook {
  messageType: "listResponseMessage";
  message: ListResponseWebhookMessage;
}

export interface ButtonsResponseWebhookMessage extends BesideContent {
  buttonsResponseMessage: ButtonsResponseMessage;
}

/**
 * Arrives as:
 * - buttons-response: Tapped reply button; observed (gestao-code, linsalefe, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ButtonsResponseWebhook extends MessageWebhook {
  messageType: "buttonsResponseMessage";
  message: ButtonsResponseWebhookMessage;
}

export interface TemplateButtonReplyWebhookMessage extends BesideContent {
  templateButtonReplyMessage: TemplateButtonReplyMessage;
}

/**
 * Arrives as:
 * - template-button-reply: Tapped template button; observed (nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface TemplateButtonReplyWebhook extends MessageWebhook {
  messageType: "templateButtonReplyMessage";
  message: TemplateButtonReplyWebhookMessage;
}

export interface InteractiveResponseWebhookMessage extends BesideContent {
  interactiveResponseMessage: InteractiveResponseMessage;
}

/**
 * Arrives as:
 * - interactive-response: Answer to a native flow; baileys (baileys, linsalefe).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface InteractiveResponseWebhook extends MessageWebhook {
  messageType: "interactiveResponseMessage";
  message: InteractiveResponseWebhookMessage;
}

export interface InteractiveWebhookMessage extends BesideContent {
  interactiveMessage: ReceivedInteractive;
}

/**
 * Arrives as:
 * - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface InteractiveWebhook extends MessageWebhook {
  messageType: "interactiveMessage";
  message: InteractiveWebhookMessage;
}

/** The fields of one content type; which ones there are depends on who made the message. */
export interface ContentPart {
  contextInfo?: ContextInfo;
  /** Whatever else there is. */
  [name: string]: unknown;
}

export interface MessageContextInfoWebhookMessage extends BesideContent {
  interactiveMessage?: ReceivedInteractive;
  /** Evidence: inferred. */
  listMessage?: ListMessage;
  /** Evidence: inferred. */
  templateMessage?: ContentPart;
  /** Evidence: inferred. */
  buttonsMessage?: ContentPart;
  orderMessage?: OrderMessage;
  pollCreationMessageV3?: PollCreationMessage;
  pollCreationMessage?: PollCreationMessage;
  pollCreationMessageV2?: PollCreationMessage;
  conversation?: string;
  extendedTextMessage?: ExtendedTextMessage;
  imageMessage?: ImageMessage;
  videoMessage?: VideoMessage;
  ptvMessage?: PtvMessage;
  audioMessage?: AudioMessage;
  documentMessage?: DocumentMessage;
  documentWithCaptionMessage?: CaptionedDocument;
  stickerMessage?: StickerMessage;
  locationMessage?: LocationMessage;
  liveLocationMessage?: LiveLocationMessage;
  contactMessage?: ContactMessage;
  contactsArrayMessage?: ContactsArrayMessage;
  reactionMessage?: ReactionMessage;
  listResponseMessage?: ListResponseMessage;
  buttonsResponseMessage?: ButtonsResponseMessage;
  templateButtonReplyMessage?: TemplateButtonReplyMessage;
  interactiveResponseMessage?: InteractiveResponseMessage;
  pollUpdateMessage?: PollUpdateMessage;
  protocolMessage?: ReceivedProtocolMessage;
  viewOnceMessage?: ViewOnceContent;
  viewOnceMessageV2?: ViewOnceContent;
  viewOnceMessageV2Extension?: ViewOnceContent;
  albumMessage?: AlbumMessage;
  groupInviteMessage?: GroupInviteMessage;
  pinInChatMessage?: PinInChatMessage;
}

/**
 * Arrives as:
 * - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
 * - order: Cart; baileys (baileys).
 * - poll-creation: Poll; observed (nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface MessageContextInfoWebhook extends MessageWebhook {
  messageType: "messageContextInfo";
  message: MessageContextInfoWebhookMessage;
}

export interface ListWebhookMessage extends BesideContent {
  /** Evidence: inferred. */
  listMessage: ListMessage;
}

/**
 * Arrives as:
 * - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ListWebhook extends MessageWebhook {
  messageType: "listMessage";
  message: ListWebhookMessage;
}

export interface TemplateWebhookMessage extends BesideContent {
  /** Evidence: inferred. */
  templateMessage: ContentPart;
}

/**
 * Arrives as:
 * - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 */
export interface TemplateWebhook extends MessageWebhook {
  messageType: "templateMessage";
  message: TemplateWebhookMessage;
}

export interface ButtonsWebhookMessage extends BesideContent {
  /** Evidence: inferred. */
  buttonsMessage: ContentPart;
}

/**
 * Arrives as:
 * - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 */
export interface ButtonsWebhook extends MessageWebhook {
  messageType: "buttonsMessage";
  message: ButtonsWebhookMessage;
}

export interface OrderWebhookMessage extends BesideContent {
  orderMessage: OrderMessage;
}

/**
 * Arrives as:
 * - order: Cart; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface OrderWebhook extends MessageWebhook {
  messageType: "orderMessage";
  message: OrderWebhookMessage;
}

export interface PollCreationV3WebhookMessage extends BesideContent {
  pollCreationMessageV3: PollCreationMessage;
}

/**
 * Arrives as:
 * - poll-creation: Poll; observed (nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PollCreationV3Webhook extends MessageWebhook {
  messageType: "pollCreationMessageV3";
  message: PollCreationV3WebhookMessage;
}

export interface PollCreationWebhookMessage extends BesideContent {
  pollCreationMessage: PollCreationMessage;
}

/**
 * Arrives as:
 * - poll-creation: Poll; observed (nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PollCreationWebhook extends MessageWebhook {
  messageType: "pollCreationMessage";
  message: PollCreationWebhookMessage;
}

export interface PollCreationV2WebhookMessage extends BesideContent {
  pollCreationMessageV2: PollCreationMessage;
}

/**
 * Arrives as:
 * - poll-creation: Poll; observed (nextjs-crm, baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PollCreationV2Webhook extends MessageWebhook {
  messageType: "pollCreationMessageV2";
  message: PollCreationV2WebhookMessage;
}

export interface PollUpdateWebhookMessage extends BesideContent {
  pollUpdateMessage: PollUpdateMessage;
}

/**
 * Arrives as:
 * - poll-vote: Vote in a poll; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PollUpdateWebhook extends MessageWebhook {
  messageType: "pollUpdateMessage";
  message: PollUpdateWebhookMessage;
}

export interface ProtocolWebhookMessage extends BesideContent {
  protocolMessage: ReceivedProtocolMessage;
}

/**
 * Arrives as:
 * - edited: Edited message; baileys (baileys, nextjs-crm, ancestor).
 * - deleted: Deleted message; baileys (baileys, nextjs-crm, ancestor).
 * - disappearing-setting: Disappearing messages switched; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ProtocolWebhook extends MessageWebhook {
  messageType: "protocolMessage";
  message: ProtocolWebhookMessage;
}

export interface EditedWebhookMessageEditedMessageProtocolDisappearingMode {
  initiator?: string;
  trigger?: string;
}

/**
 * A message about a message, from the other party. `REVOKE` is the enum's first value, which some
 * encoders leave out.
 *
 * Evidence: baileys (baileys).
 */
export interface EditedWebhookMessageEditedMessageProtocol {
  key: ReferredKey;
  type: "MESSAGE_EDIT";
  editedMessage?: EditedContent;
  /** A 64-bit number, written as a string of digits the way protobuf JSON does it. */
  timestampMs?: string;
  /** Seconds; 0 switches it off. */
  ephemeralExpiration?: number;
  disappearingMode?: EditedWebhookMessageEditedMessageProtocolDisappearingMode;
}

export interface EditedWebhookMessageEditedMessage {
  protocolMessage: EditedWebhookMessageEditedMessageProtocol;
}

export interface EditedWebhookMessageEdited {
  message: EditedWebhookMessageEditedMessage;
}

export interface EditedWebhookMessage extends BesideContent {
  editedMessage: EditedWebhookMessageEdited;
}

/**
 * Arrives as:
 * - edited: Edited message; baileys (baileys, nextjs-crm, ancestor).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface EditedWebhook extends MessageWebhook {
  messageType: "editedMessage";
  message: EditedWebhookMessage;
}

export interface ViewOnceV2WebhookMessage extends BesideContent {
  viewOnceMessageV2: ViewOnceContent;
}

/**
 * Arrives as:
 * - view-once: View-once media; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ViewOnceV2Webhook extends MessageWebhook {
  messageType: "viewOnceMessageV2";
  message: ViewOnceV2WebhookMessage;
}

export interface ViewOnceWebhookMessage extends BesideContent {
  viewOnceMessage: ViewOnceContent;
}

/**
 * Arrives as:
 * - view-once: View-once media; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ViewOnceWebhook extends MessageWebhook {
  messageType: "viewOnceMessage";
  message: ViewOnceWebhookMessage;
}

export interface ViewOnceV2ExtensionWebhookMessage extends BesideContent {
  viewOnceMessageV2Extension: ViewOnceContent;
}

/**
 * Arrives as:
 * - view-once: View-once media; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface ViewOnceV2ExtensionWebhook extends MessageWebhook {
  messageType: "viewOnceMessageV2Extension";
  message: ViewOnceV2ExtensionWebhookMessage;
}

export interface AlbumWebhookMessage extends BesideContent {
  albumMessage: AlbumMessage;
}

/**
 * Arrives as:
 * - album: Album; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface AlbumWebhook extends MessageWebhook {
  messageType: "albumMessage";
  message: AlbumWebhookMessage;
}

export interface GroupInviteWebhookMessage extends BesideContent {
  groupInviteMessage: GroupInviteMessage;
}

/**
 * Arrives as:
 * - group-invite: Invitation to a group; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98, linsalefe, tv-
 *   orderhub, baileys).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface GroupInviteWebhook extends MessageWebhook {
  messageType: "groupInviteMessage";
  message: GroupInviteWebhookMessage;
}

export interface PinInChatWebhookMessage extends BesideContent {
  pinInChatMessage: PinInChatMessage;
}

/**
 * Arrives as:
 * - pin-in-chat: Pinned message; baileys (baileys).
 * - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
 * - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
 * - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
 * - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
 */
export interface PinInChatWebhook extends MessageWebhook {
  messageType: "pinInChatMessage";
  message: PinInChatWebhookMessage;
}

/**
 * The key of the message an event is about.
 *
 * Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
 */
export interface MessageAckWebhookKey {
  /** The chat. A person may be behind an `@lid`; the number is then in `senderPn`. */
  remoteJid: string;
  /** Whether the connected account wrote it. */
  fromMe: true;
  /**
   * 32 hex digits from Android, 20 from an iPhone, 22 from the web and from the gateway. Unique
   * per chat.
   */
  id: string;
  /**
   * The author, in groups, broadcasts and statuses.
   *
   * Evidence: vendor-doc (vendor-webhook-php, nextjs-crm, baileys).
   */
  participant?: string;
  /**
   * The author's hidden number, in groups, since 2026.
   *
   * Evidence: baileys (baileys).
   */
  participantLid?: string;
  /**
   * The author's number, in groups where `participant` is an `@lid`.
   *
   * Evidence: baileys (baileys).
   */
  participantPn?: string;
  /**
   * The other party's hidden number, in direct messages, since 2026.
   *
   * Evidence: observed (bot-remar, wacrm, baileys).
   */
  senderLid?: string;
  /**
   * The other party's number when `remoteJid` is an `@lid`; the address to answer to.
   *
   * Evidence: observed (bot-remar, wacrm, vercel-bot, baileys).
   */
  senderPn?: string;
}

export interface MessageAckWebhookUpdate {
  /** 2 server, 3 delivered, 4 read, 5 played; 0 and 1 were never seen. */
  status: 2 | 3 | 4 | 5 | 0;
}

/**
 * Arrives as:
 * - ack-server: Receipt - accepted by the server; vendor-doc (php-bot-2023, business-docs, bot-
 *   remar, baileys).
 * - ack-delivered: Receipt - delivered; observed (bot-remar, php-bot-2023, incident-notes).
 * - ack-read: Receipt - read; vendor-doc (php-bot-2023, business-docs, baileys).
 * - ack-played: Receipt - played; vendor-doc (php-bot-2023, baileys).
 * - ack-error: Receipt - refused; baileys (baileys).
 * - ack-group: Receipt - in a group; inferred (baileys, bot-remar).
 */
export interface MessageAckWebhook {
  /** The only field that tells events apart. */
  messageType: "message.ack";
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  key: MessageAckWebhookKey;
  /** Evidence: inferred. */
  isBusiness?: boolean;
  /** Evidence: observed (bot-remar). */
  isGroup?: boolean;
  update: MessageAckWebhookUpdate;
  /**
   * Unix seconds of the receipt.
   *
   * Evidence: observed (bot-remar).
   */
  timestamp: number;
}

/**
 * Arrives as:
 * - connected: Connected; observed (chatwoot-bridge, tv-orderhub).
 * - disconnected: Disconnected; observed (tv-orderhub, business-docs, plan-code-nav).
 * - disconnected-logout-variant: Disconnected by a logout; inferred (tv-orderhub).
 * - connection-closed-temporary: Connection lost for a moment; inferred (ancestor, tv-orderhub).
 */
export interface ConnectionUpdateWebhook {
  /** The only field that tells events apart. */
  messageType: "connection_update";
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid?: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  /** The second one by switch disconnect_text. */
  message?: "phone_connected" | "Number disconnected from api" | "logout";
  /**
   * The connected account's name.
   *
   * Evidence: observed (tv-orderhub, chatwoot-bridge).
   */
  pushName?: string;
  /**
   * The same receiver also looks here for logout, connectionClosed and timedOut.
   *
   * Evidence: inferred (tv-orderhub).
   */
  closeReason?: number | string;
  connection_state?: "close";
}

/**
 * Arrives as:
 * - qrcode: QR code; observed (tv-orderhub, ancestor, business-docs).
 */
export interface QrcodeUpdateWebhook {
  messageType: "qrcode_update";
  instance_key: string;
  /** A PNG as a data URI. */
  qrcode: string;
}

export interface CallWebhookData {
  chatId: string;
  from: string;
  id: string;
  date?: string;
  offline?: boolean;
  status: "offer" | "ringing" | "accept" | "reject" | "timeout" | "terminate";
  isVideo?: boolean;
  isGroup?: boolean;
  groupJid?: string;
}

/**
 * Arrives as:
 * - call: Incoming call; inferred (ancestor, baileys).
 */
export interface CallWebhook {
  messageType: "call";
  instance_key?: string;
  jid?: string;
  type: "call";
  data: CallWebhookData;
}

/** The same without a `messageType`: compare it with `undefined`. */
export interface BareCallWebhook extends Omit<CallWebhook, "messageType"> {
  messageType?: never;
}

export interface PresenceUpdateWebhookPresence {
  lastKnownPresence: "unavailable" | "available" | "composing" | "recording" | "paused";
  lastSeen?: number;
}

/**
 * Arrives as:
 * - presence: Presence of a contact; inferred (gestao-code, baileys).
 */
export interface PresenceUpdateWebhook {
  /** The only field that tells events apart. */
  messageType: "presence.update";
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  /** The chat. */
  id: string;
  /** By participant. */
  presences: { [name: string]: PresenceUpdateWebhookPresence };
}

/**
 * Arrives as:
 * - group-participants: Participants of a group changed; inferred (baileys, gestao-code).
 */
export interface GroupParticipantsUpdateWebhook {
  /** The only field that tells events apart. */
  messageType: "group-participants.update";
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  id: string;
  author?: string;
  /** Evidence: baileys (baileys). */
  authorPn?: string;
  participants: string[];
  action: "add" | "remove" | "promote" | "demote" | "modify";
}

/**
 * Arrives as:
 * - group-update: Group changed; inferred (baileys, gestao-code).
 */
export interface GroupsUpdateWebhook {
  /** The only field that tells events apart. */
  messageType: "groups.update";
  instance_key: string;
  /** The connected number, not the sender. A device suffix is possible (switch jid_suffix). */
  jid: string;
  /**
   * The connected number's hidden number, since 2026.
   *
   * Evidence: observed (bot-remar, allos-cf98).
   */
  lid?: string;
  id: string;
  subject?: string;
  desc?: string;
  announce?: boolean;
  restrict?: boolean;
  ephemeralDuration?: number;
  author?: string;
}

/** Any webhook; `messageType` tells which. */
export type Webhook =
  | ConversationWebhook
  | ExtendedTextWebhook
  | EphemeralWebhook
  | ImageWebhook
  | VideoWebhook
  | PtvWebhook
  | AudioWebhook
  | DocumentWebhook
  | DocumentWithCaptionWebhook
  | StickerWebhook
  | LocationWebhook
  | LiveLocationWebhook
  | ContactWebhook
  | ContactsArrayWebhook
  | ReactionWebhook
  | EncReactionWebhook
  | ListResponseWebhook
  | ButtonsResponseWebhook
  | TemplateButtonReplyWebhook
  | InteractiveResponseWebhook
  | InteractiveWebhook
  | MessageContextInfoWebhook
  | ListWebhook
  | TemplateWebhook
  | ButtonsWebhook
  | OrderWebhook
  | PollCreationV3Webhook
  | PollCreationWebhook
  | PollCreationV2Webhook
  | PollUpdateWebhook
  | ProtocolWebhook
  | EditedWebhook
  | ViewOnceV2Webhook
  | ViewOnceWebhook
  | ViewOnceV2ExtensionWebhook
  | AlbumWebhook
  | GroupInviteWebhook
  | PinInChatWebhook
  | MessageAckWebhook
  | ConnectionUpdateWebhook
  | QrcodeUpdateWebhook
  | CallWebhook
  | BareCallWebhook
  | PresenceUpdateWebhook
  | GroupParticipantsUpdateWebhook
  | GroupsUpdateWebhook;

/** What `messageType` may be. */
export type MessageType = NonNullable<Webhook["messageType"]>;

/** What each event of the contract (`megaapi-mock events`) may arrive as. */
export interface WebhooksByEvent {
  "text-plain": ConversationWebhook;
  "text-plain-2023": ConversationWebhook;
  "text-plain-lid": ConversationWebhook;
  "text-extended": ExtendedTextWebhook;
  "text-link-preview": ExtendedTextWebhook;
  "text-quoted-reply": ExtendedTextWebhook;
  "text-forwarded": ExtendedTextWebhook;
  "text-mention": ExtendedTextWebhook;
  "text-ad-referral": ExtendedTextWebhook;
  "ephemeral": EphemeralWebhook;
  "image": ImageWebhook;
  "video": VideoWebhook;
  "video-note": PtvWebhook;
  "audio-voice-note": AudioWebhook;
  "audio-file": AudioWebhook;
  "document": DocumentWebhook;
  "document-with-caption": DocumentWithCaptionWebhook;
  "sticker": StickerWebhook;
  "location": LocationWebhook;
  "live-location": LiveLocationWebhook;
  "contact": ContactWebhook;
  "contacts-array": ContactsArrayWebhook;
  "reaction": ReactionWebhook | EncReactionWebhook;
  "list-response": ListResponseWebhook;
  "buttons-response": ButtonsResponseWebhook;
  "template-button-reply": TemplateButtonReplyWebhook;
  "interactive-response": InteractiveResponseWebhook;
  "interactive-order": InteractiveWebhook | MessageContextInfoWebhook | ListWebhook | TemplateWebhook | ButtonsWebhook;
  "order": MessageContextInfoWebhook | OrderWebhook;
  "poll-creation": MessageContextInfoWebhook | PollCreationV3Webhook | PollCreationWebhook | PollCreationV2Webhook;
  "poll-vote": PollUpdateWebhook;
  "edited": ProtocolWebhook | EditedWebhook;
  "deleted": ProtocolWebhook;
  "disappearing-setting": ProtocolWebhook;
  "view-once": ViewOnceV2Webhook | ViewOnceWebhook | ViewOnceV2ExtensionWebhook;
  "album": AlbumWebhook;
  "group-invite": GroupInviteWebhook;
  "pin-in-chat": PinInChatWebhook;
  "group-text": ConversationWebhook;
  "group-text-first-of-sender": ConversationWebhook;
  "group-image": ImageWebhook;
  "from-me-phone": ConversationWebhook | ExtendedTextWebhook | EphemeralWebhook | ImageWebhook | VideoWebhook | PtvWebhook | AudioWebhook | DocumentWebhook | DocumentWithCaptionWebhook | StickerWebhook | LocationWebhook | LiveLocationWebhook | ContactWebhook | ContactsArrayWebhook | ReactionWebhook | ListResponseWebhook | ButtonsResponseWebhook | TemplateButtonReplyWebhook | InteractiveResponseWebhook | InteractiveWebhook | MessageContextInfoWebhook | ListWebhook | OrderWebhook | PollCreationV3Webhook | PollCreationWebhook | PollCreationV2Webhook | PollUpdateWebhook | ProtocolWebhook | EditedWebhook | ViewOnceV2Webhook | ViewOnceWebhook | ViewOnceV2ExtensionWebhook | AlbumWebhook | GroupInviteWebhook | PinInChatWebhook;
  "from-me-api-echo": ExtendedTextWebhook | ImageWebhook | VideoWebhook | PtvWebhook | AudioWebhook | DocumentWebhook | StickerWebhook | LocationWebhook | LiveLocationWebhook | ContactWebhook | ContactsArrayWebhook | ListResponseWebhook | ButtonsResponseWebhook | TemplateButtonReplyWebhook | InteractiveResponseWebhook | InteractiveWebhook | ListWebhook | TemplateWebhook | ButtonsWebhook | OrderWebhook | PollCreationWebhook | ProtocolWebhook | ViewOnceWebhook | GroupInviteWebhook;
  "self-chat": ConversationWebhook | ExtendedTextWebhook | EphemeralWebhook | ImageWebhook | VideoWebhook | PtvWebhook | AudioWebhook | DocumentWebhook | DocumentWithCaptionWebhook | StickerWebhook | LocationWebhook | LiveLocationWebhook | ContactWebhook | ContactsArrayWebhook | ReactionWebhook | ListResponseWebhook | ButtonsResponseWebhook | TemplateButtonReplyWebhook | InteractiveResponseWebhook | InteractiveWebhook | MessageContextInfoWebhook | ListWebhook | OrderWebhook | PollCreationV3Webhook | PollCreationWebhook | PollCreationV2Webhook | PollUpdateWebhook | ProtocolWebhook | EditedWebhook | ViewOnceV2Webhook | ViewOnceWebhook | ViewOnceV2ExtensionWebhook | AlbumWebhook | GroupInviteWebhook | PinInChatWebhook;
  "status-story": ExtendedTextWebhook | ImageWebhook | VideoWebhook | AudioWebhook;
  "broadcast-list": ConversationWebhook | ExtendedTextWebhook | EphemeralWebhook | ImageWebhook | VideoWebhook | PtvWebhook | AudioWebhook | DocumentWebhook | DocumentWithCaptionWebhook | StickerWebhook | LocationWebhook | LiveLocationWebhook | ContactWebhook | ContactsArrayWebhook | ReactionWebhook | ListResponseWebhook | ButtonsResponseWebhook | TemplateButtonReplyWebhook | InteractiveResponseWebhook | InteractiveWebhook | MessageContextInfoWebhook | ListWebhook | OrderWebhook | PollCreationV3Webhook | PollCreationWebhook | PollCreationV2Webhook | PollUpdateWebhook | ProtocolWebhook | EditedWebhook | ViewOnceV2Webhook | ViewOnceWebhook | ViewOnceV2ExtensionWebhook | AlbumWebhook | GroupInviteWebhook | PinInChatWebhook;
  "newsletter": ConversationWebhook | ExtendedTextWebhook | EphemeralWebhook | ImageWebhook | VideoWebhook | PtvWebhook | AudioWebhook | DocumentWebhook | DocumentWithCaptionWebhook | StickerWebhook | LocationWebhook | LiveLocationWebhook | ContactWebhook | ContactsArrayWebhook | ReactionWebhook | ListResponseWebhook | ButtonsResponseWebhook | TemplateButtonReplyWebhook | InteractiveResponseWebhook | InteractiveWebhook | MessageContextInfoWebhook | ListWebhook | OrderWebhook | PollCreationV3Webhook | PollCreationWebhook | PollCreationV2Webhook | PollUpdateWebhook | ProtocolWebhook | EditedWebhook | ViewOnceV2Webhook | ViewOnceWebhook | ViewOnceV2ExtensionWebhook | AlbumWebhook | GroupInviteWebhook | PinInChatWebhook;
  "ack-server": MessageAckWebhook;
  "ack-delivered": MessageAckWebhook;
  "ack-read": MessageAckWebhook;
  "ack-played": MessageAckWebhook;
  "ack-error": MessageAckWebhook;
  "ack-group": MessageAckWebhook;
  "connected": ConnectionUpdateWebhook;
  "disconnected": ConnectionUpdateWebhook;
  "disconnected-logout-variant": ConnectionUpdateWebhook;
  "connection-closed-temporary": ConnectionUpdateWebhook;
  "qrcode": QrcodeUpdateWebhook;
  "call": CallWebhook | BareCallWebhook;
  "presence": PresenceUpdateWebhook;
  "group-participants": GroupParticipantsUpdateWebhook;
  "group-update": GroupsUpdateWebhook;
}
