"""Every webhook as a type, the way it is on the wire: one for each `messageType`.

Written by `make generated` from the contract, and held to it by a test. Fields that some source, or
some year, shows without are `NotRequired`; there may be others, which the contract does not know.
"""

# Without `from __future__ import annotations`: TypedDict would take every field for required.
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict


class MessageWebhookKey(TypedDict):
    """The key of the message an event is about.

    Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
    """

    remoteJid: str
    """The chat. A person may be behind an `@lid`; the number is then in `senderPn`."""

    fromMe: bool
    """Whether the connected account wrote it."""

    id: str
    """32 hex digits from Android, 20 from an iPhone, 22 from the web and from the gateway.
    Unique per chat.
    """

    participant: NotRequired[str]
    """The author, in groups, broadcasts and statuses.

    Evidence: vendor-doc (vendor-webhook-php, nextjs-crm, baileys).
    """

    participantLid: NotRequired[str]
    """The author's hidden number, in groups, since 2026.

    Evidence: baileys (baileys).
    """

    participantPn: NotRequired[str]
    """The author's number, in groups where `participant` is an `@lid`.

    Evidence: baileys (baileys).
    """

    senderLid: NotRequired[str]
    """The other party's hidden number, in direct messages, since 2026.

    Evidence: observed (bot-remar, wacrm, baileys).
    """

    senderPn: NotRequired[str]
    """The other party's number when `remoteJid` is an `@lid`; the address to answer to.

    Evidence: observed (bot-remar, wacrm, vercel-bot, baileys).
    """

    server_id: NotRequired[str]
    """With newer versions of Baileys only.

    Evidence: baileys (baileys).
    """


class MessageWebhook(TypedDict):
    """A message event in any generation. 2023 has the required fields; 2024 adds isBusiness
    after `jid`; 2025 drops it and adds isGroup and messageSecret; 2026 adds lid,
    key.senderLid and key.senderPn.
    """

    instance_key: str

    jid: str
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    isBusiness: NotRequired[bool]
    """Probably about the connected account.

    Evidence: vendor-doc (business-docs, php-bot-2023).
    """

    key: MessageWebhookKey

    messageTimestamp: int
    """Unix seconds. A number here; numbers inside `message` are strings."""

    pushName: NotRequired[str]
    """The author's profile name, never a group's. Can be missing, empty, or the text `null`."""

    broadcast: bool

    isGroup: NotRequired[bool]
    """Whether `key.remoteJid` is a group, since 2025.

    Evidence: observed (n8n-capture, bot-remar, tv-orderhub).
    """

    verifiedBizName: NotRequired[str]
    """The sender's verified business name.

    Evidence: vendor-doc (vendor-webhook-php, business-docs).
    """

    status: NotRequired[int | str]
    """The vendor's sample reads it; no example shows it.

    Evidence: vendor-doc (vendor-webhook-php, baileys).
    """


class BesideContentSenderKeyDistributionMessage(TypedDict):
    """Evidence: baileys (baileys)."""

    groupId: NotRequired[str]

    axolotlSenderKeyDistributionMessage: NotRequired[str]
    """Bytes as base64 with padding."""


class MessageContextInfoDeviceListMetadata(TypedDict):
    senderKeyHash: NotRequired[str]
    """Bytes as base64 with padding."""

    senderTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    recipientKeyHash: NotRequired[str]
    """Bytes as base64 with padding."""

    recipientTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""


class ReferredKey(TypedDict):
    """The key of another message, the one this content is about.

    Evidence: baileys (baileys).
    """

    remoteJid: str

    fromMe: bool
    """Seen from whoever wrote the content."""

    id: str
    """As whoever wrote the content gives it; nobody looks whether there is such a message."""

    participant: NotRequired[str]
    """That message's author, in groups."""


class MessageContextInfoMessageAssociation(TypedDict):
    """The album a picture belongs to.

    Evidence: baileys (baileys).
    """

    associationType: NotRequired[str]

    parentMessageKey: ReferredKey


class MessageContextInfo(TypedDict):
    """The sender's devices and the message's secret. Stands beside the content.

    Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
    """

    deviceListMetadata: NotRequired[MessageContextInfoDeviceListMetadata]

    deviceListMetadataVersion: NotRequired[int]

    messageSecret: NotRequired[str]
    """Since 2025.

    Evidence: observed (n8n-capture).
    """

    messageAssociation: NotRequired[MessageContextInfoMessageAssociation]
    """The album a picture belongs to.

    Evidence: baileys (baileys).
    """


class BesideContent(TypedDict):
    """What may stand beside the content of a message, whatever that is."""

    senderKeyDistributionMessage: NotRequired[BesideContentSenderKeyDistributionMessage]
    """Evidence: baileys (baileys)."""

    messageContextInfo: NotRequired[MessageContextInfo]


class ConversationWebhookMessage(BesideContent):
    conversation: str


class ConversationWebhook(MessageWebhook):
    """Arrives as:
    - text-plain: Plain text; observed (n8n-capture, vendor-webhook-php, business-docs, php-
      bot-2023, bot-remar).
    - text-plain-2023: Plain text as the vendor still prints it; vendor-doc (business-docs,
      vendor-webhook-php).
    - text-plain-lid: Plain text from a hidden number; observed (bot-remar, wacrm, vercel-
      bot).
    - group-text: Text in a group; observed (vendor-webhook-php, tv-orderhub, nextjs-crm,
      wacrm, baileys).
    - group-text-first-of-sender: Author's first text in a group; baileys (baileys, nextjs-
      crm, ancestor).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["conversation"]

    message: ConversationWebhookMessage


class QuotedContentExtendedTextMessage(TypedDict):
    text: str


class QuotedContent(TypedDict):
    """The quoted content, as the caller or the sender's phone gave it."""

    conversation: NotRequired[str]

    extendedTextMessage: NotRequired[QuotedContentExtendedTextMessage]


class ContextInfoDisappearingMode(TypedDict):
    initiator: NotRequired[str]

    trigger: NotRequired[str]


class ExternalAdReply(TypedDict):
    """The advertisement a customer came from.

    Evidence: observed (nextjs-crm, baileys).
    """

    title: NotRequired[str]

    body: NotRequired[str]

    mediaType: NotRequired[Literal["NONE", "IMAGE", "VIDEO"]]

    thumbnailUrl: NotRequired[str]

    mediaUrl: NotRequired[str]

    thumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    sourceType: NotRequired[str]

    sourceId: NotRequired[str]

    sourceUrl: str

    containsAutoReply: NotRequired[bool]

    renderLargerThumbnail: NotRequired[bool]

    showAdAttribution: NotRequired[bool]

    ctwaClid: NotRequired[str]


class ContextInfo(TypedDict):
    """What a message refers to - a quote, a forward, mentions, an advertisement, the chat's
    disappearing-message setting.

    Evidence: baileys (baileys).
    """

    stanzaId: NotRequired[str]
    """The quoted message's id."""

    participant: NotRequired[str]
    """The quoted message's author."""

    remoteJid: NotRequired[str]
    """The quoted message's chat, when it is another one."""

    quotedMessage: NotRequired[QuotedContent]

    mentionedJid: NotRequired[list[str]]

    forwardingScore: NotRequired[int]
    """127 and more shows as forwarded many times."""

    isForwarded: NotRequired[bool]

    expiration: NotRequired[int]

    ephemeralSettingTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    disappearingMode: NotRequired[ContextInfoDisappearingMode]

    conversionSource: NotRequired[str]

    entryPointConversionSource: NotRequired[str]

    entryPointConversionApp: NotRequired[str]

    externalAdReply: NotRequired[ExternalAdReply]


class ExtendedTextMessage(TypedDict):
    """Text. Everything sent through the API is this, never `conversation`.

    Evidence: baileys (baileys, business-docs, plan-code-webhook-page).
    """

    text: str

    matchedText: NotRequired[str]
    """The address a preview was made of."""

    canonicalUrl: NotRequired[str]

    title: NotRequired[str]

    description: NotRequired[str]

    previewType: NotRequired[str]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    thumbnailDirectPath: NotRequired[str]

    thumbnailSha256: NotRequired[str]
    """32 bytes as base64."""

    thumbnailEncSha256: NotRequired[str]
    """32 bytes as base64."""

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    thumbnailHeight: NotRequired[int]

    thumbnailWidth: NotRequired[int]

    backgroundArgb: NotRequired[int]
    """The colour behind a status, with its `font`."""

    font: NotRequired[int | str]

    inviteLinkGroupTypeV2: NotRequired[str]

    contextInfo: NotRequired[ContextInfo]


class ExtendedTextWebhookMessage(BesideContent):
    extendedTextMessage: ExtendedTextMessage


class ExtendedTextWebhook(MessageWebhook):
    """Arrives as:
    - text-extended: Text with context; vendor-doc (business-docs, plan-code-webhook-page,
      zap-assistant, linsalefe).
    - text-link-preview: Text with a link preview; baileys (baileys, plan-code-webhook-page).
    - text-quoted-reply: Text that quotes a message; baileys (baileys, vendor-webhook-php,
      nextjs-crm).
    - text-forwarded: Forwarded text; baileys (baileys).
    - text-mention: Group text that mentions people; baileys (baileys).
    - text-ad-referral: First text of a customer from an advertisement; observed (nextjs-crm,
      baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["extendedTextMessage"]

    message: ExtendedTextWebhookMessage


class ImageMessage(TypedDict):
    """A picture. Receivers have met images with nothing but the four required fields.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    caption: NotRequired[str]
    """Absent when empty."""

    height: NotRequired[int]

    width: NotRequired[int]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    scansSidecar: NotRequired[str]
    """Bytes as base64 with padding."""

    scanLengths: NotRequired[list[int]]

    midQualityFileSha256: NotRequired[str]
    """32 bytes as base64."""

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class VideoMessage(TypedDict):
    """A video; an animated GIF is one with `gifPlayback`.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    caption: NotRequired[str]
    """Absent when empty."""

    seconds: NotRequired[int]

    height: NotRequired[int]

    width: NotRequired[int]

    gifPlayback: NotRequired[bool]

    gifAttribution: NotRequired[str]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    streamingSidecar: NotRequired[str]
    """Bytes as base64 with padding."""

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class PtvMessage(TypedDict):
    """A round video note, with the fields of a video.

    Evidence: baileys (baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    caption: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    seconds: NotRequired[int]

    height: NotRequired[int]

    width: NotRequired[int]

    gifPlayback: NotRequired[bool]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    streamingSidecar: NotRequired[str]
    """Bytes as base64 with padding."""

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class AudioMessage(TypedDict):
    """An audio; `ptt` marks a voice note.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    seconds: NotRequired[int]

    ptt: NotRequired[bool]

    waveform: NotRequired[str]
    """Bytes as base64 with padding."""

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class DocumentMessage(TypedDict):
    """A file.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    fileName: NotRequired[str]

    title: NotRequired[str]
    """Often the file name; absent in the vendor's example."""

    caption: NotRequired[str]

    pageCount: NotRequired[int]

    contactVcard: NotRequired[bool]

    thumbnailDirectPath: NotRequired[str]

    thumbnailSha256: NotRequired[str]
    """32 bytes as base64."""

    thumbnailEncSha256: NotRequired[str]
    """32 bytes as base64."""

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    thumbnailHeight: NotRequired[int]

    thumbnailWidth: NotRequired[int]

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class CaptionedDocumentMessageDocument(TypedDict):
    """A file.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).
    """

    url: str
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: str

    directPath: str

    mediaKey: str
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    fileName: NotRequired[str]

    title: NotRequired[str]
    """Often the file name; absent in the vendor's example."""

    caption: str

    pageCount: NotRequired[int]

    contactVcard: NotRequired[bool]

    thumbnailDirectPath: NotRequired[str]

    thumbnailSha256: NotRequired[str]
    """32 bytes as base64."""

    thumbnailEncSha256: NotRequired[str]
    """32 bytes as base64."""

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    thumbnailHeight: NotRequired[int]

    thumbnailWidth: NotRequired[int]

    viewOnce: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class CaptionedDocumentMessage(TypedDict):
    documentMessage: CaptionedDocumentMessageDocument


class CaptionedDocument(TypedDict):
    """A file with a caption, wrapped one level deeper.

    Evidence: observed (bot-remar, nextjs-crm, baileys).
    """

    message: CaptionedDocumentMessage


class StickerMessage(TypedDict):
    """A sticker. The vendor's example has its timestamps in milliseconds.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: url, mimetype, directPath, mediaKey.
    """

    url: NotRequired[str]
    """Encrypted; needed by downloadMediaMessage."""

    mimetype: NotRequired[str]

    directPath: NotRequired[str]

    mediaKey: NotRequired[str]
    """32 bytes as base64."""

    fileSha256: NotRequired[str]
    """32 bytes as base64."""

    fileEncSha256: NotRequired[str]
    """32 bytes as base64."""

    fileLength: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    mediaKeyTimestamp: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    height: NotRequired[int]

    width: NotRequired[int]

    firstFrameLength: NotRequired[int]

    firstFrameSidecar: NotRequired[str]
    """Bytes as base64 with padding."""

    isAnimated: NotRequired[bool]

    stickerSentTs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    isAvatar: NotRequired[bool]

    isAiSticker: NotRequired[bool]

    isLottie: NotRequired[bool]

    contextInfo: NotRequired[ContextInfo]


class LocationMessage(TypedDict):
    """A place. Inbound ones often have the two coordinates only.

    Evidence: vendor-doc (business-docs, vendor-webhook-php, baileys).

    Always there in what others send: degreesLatitude, degreesLongitude.
    """

    degreesLatitude: NotRequired[float]

    degreesLongitude: NotRequired[float]

    name: NotRequired[str]

    address: NotRequired[str]

    url: NotRequired[str]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    contextInfo: NotRequired[ContextInfo]


class LiveLocationMessage(TypedDict):
    """The start of a shared live position; the positions that follow are not messages.

    Evidence: baileys (baileys).

    Always there in what others send: degreesLatitude, degreesLongitude.
    """

    degreesLatitude: NotRequired[float]

    degreesLongitude: NotRequired[float]

    accuracyInMeters: NotRequired[int]

    speedInMps: NotRequired[float]

    degreesClockwiseFromMagneticNorth: NotRequired[int]

    caption: NotRequired[str]

    sequenceNumber: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    timeOffset: NotRequired[int]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    contextInfo: NotRequired[ContextInfo]


class ContactMessage(TypedDict):
    """A contact card; the number without punctuation is the `waid` parameter.

    Evidence: vendor-doc (business-docs, vendor-webhook-php).

    Always there in what others send: displayName, vcard.
    """

    displayName: NotRequired[str]

    vcard: NotRequired[str]

    contextInfo: NotRequired[ContextInfo]


class ContactsArrayMessage(TypedDict):
    """Several contact cards at once.

    Evidence: baileys (baileys).

    Always there in what others send: displayName, contacts.
    """

    displayName: NotRequired[str]
    """What the sender's phone calls the lot."""

    contacts: NotRequired[list[ContactMessage]]

    contextInfo: NotRequired[ContextInfo]


class ReactionMessage(TypedDict):
    """A reaction; an empty text takes it back.

    Evidence: baileys (baileys, nextjs-crm, aleff).
    """

    key: ReferredKey

    text: str
    """One emoji, or nothing."""

    senderTimestampMs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""


class ListMessageSectionRow(TypedDict):
    title: str

    description: NotRequired[str]

    rowId: str


class ListMessageSection(TypedDict):
    title: NotRequired[str]

    rows: list[ListMessageSectionRow]


class ListMessage(TypedDict):
    """An option list. The request's `text` is `description` here, its `description` is
    `footerText`.

    Evidence: vendor-doc (business-docs, vendor-scriptcase, baileys).

    Always there in what others send: description, buttonText, listType, sections.
    """

    title: NotRequired[str]

    description: NotRequired[str]

    buttonText: NotRequired[str]

    listType: NotRequired[Literal["UNKNOWN", "SINGLE_SELECT", "PRODUCT_LIST"]]
    """The name of the value, although the request has a number.

    Evidence: baileys (business-docs, baileys).
    """

    sections: NotRequired[list[ListMessageSection]]

    footerText: NotRequired[str]

    contextInfo: NotRequired[ContextInfo]


class ListResponseMessageSingleSelectReply(TypedDict):
    selectedRowId: str
    """The row's `rowId` as it was sent."""


class ListResponseMessage(TypedDict):
    """The row somebody picked from a list.

    Evidence: observed (bot-remar, gestao-code, php-bot-2023, proplisted-hub, baileys).

    Always there in what others send: title, singleSelectReply.
    """

    title: NotRequired[str]
    """The row's title."""

    listType: NotRequired[Literal["UNKNOWN", "SINGLE_SELECT"]]

    singleSelectReply: NotRequired[ListResponseMessageSingleSelectReply]

    description: NotRequired[str]
    """The row's description, if it has one."""

    contextInfo: NotRequired[ContextInfo]


class ButtonsResponseMessage(TypedDict):
    """The reply button somebody tapped.

    Evidence: observed (gestao-code, linsalefe, baileys).

    Always there in what others send: selectedButtonId.
    """

    selectedButtonId: NotRequired[str]

    selectedDisplayText: NotRequired[str]

    type: NotRequired[Literal["UNKNOWN", "DISPLAY_TEXT"]]

    contextInfo: NotRequired[ContextInfo]


class TemplateButtonReplyMessage(TypedDict):
    """The quick-reply button of a template somebody tapped.

    Evidence: observed (nextjs-crm, baileys).

    Always there in what others send: selectedId.
    """

    selectedId: NotRequired[str]

    selectedDisplayText: NotRequired[str]

    selectedIndex: NotRequired[int]
    """The button's `index` in the template."""

    contextInfo: NotRequired[ContextInfo]


class ReceivedInteractiveHeader(TypedDict):
    title: NotRequired[str]

    subtitle: NotRequired[str]

    hasMediaAttachment: NotRequired[bool]


class ReceivedInteractiveBody(TypedDict):
    text: str


class ReceivedInteractiveFooter(TypedDict):
    text: str


class ReceivedInteractiveNativeFlowMessageButton(TypedDict):
    name: str
    """`review_order`, `review_and_pay`, `quick_reply` and more."""

    buttonParamsJson: str
    """A JSON object as text."""


class ReceivedInteractiveNativeFlowMessage(TypedDict):
    buttons: list[ReceivedInteractiveNativeFlowMessageButton]

    messageParamsJson: NotRequired[str]


class ReceivedInteractive(TypedDict):
    """A native flow somebody else sent, an order's review for example.

    Evidence: vendor-doc (vendor-webhook-php, business-docs).

    Always there in what others send: nativeFlowMessage.
    """

    header: NotRequired[ReceivedInteractiveHeader]

    body: NotRequired[ReceivedInteractiveBody]

    footer: NotRequired[ReceivedInteractiveFooter]

    nativeFlowMessage: NotRequired[ReceivedInteractiveNativeFlowMessage]

    contextInfo: NotRequired[ContextInfo]


class InteractiveResponseMessageBody(TypedDict):
    text: str

    format: NotRequired[Literal["DEFAULT", "EXTENSIONS_1"]]


class InteractiveResponseMessageNativeFlowResponse(TypedDict):
    name: str
    """`quick_reply`, `menu_options` for a list, `flow_message` for a form."""

    paramsJson: str
    """A JSON object as text."""

    version: NotRequired[int]


class InteractiveResponseMessage(TypedDict):
    """The answer to a native-flow button, list or form.

    Evidence: baileys (baileys, linsalefe).

    Always there in what others send: nativeFlowResponseMessage.
    """

    body: NotRequired[InteractiveResponseMessageBody]

    nativeFlowResponseMessage: NotRequired[InteractiveResponseMessageNativeFlowResponse]

    contextInfo: NotRequired[ContextInfo]


class OrderMessage(TypedDict):
    """A cart sent to a business account.

    Evidence: baileys (baileys).

    Always there in what others send: orderId, token.
    """

    orderId: NotRequired[str]

    thumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    itemCount: NotRequired[int]

    status: NotRequired[Literal["INQUIRY", "ACCEPTED", "DECLINED"]]

    surface: NotRequired[Literal["CATALOG"]]

    message: NotRequired[str]

    orderTitle: NotRequired[str]

    sellerJid: NotRequired[str]

    token: NotRequired[str]

    totalAmount1000: NotRequired[str]
    """The amount times 1000."""

    totalCurrencyCode: NotRequired[str]

    contextInfo: NotRequired[ContextInfo]


class PollCreationMessageOption(TypedDict):
    optionName: str


class PollCreationMessage(TypedDict):
    """A poll; its votes can only be read with the secret in `messageContextInfo`.

    Evidence: observed (nextjs-crm, baileys).

    Always there in what others send: name, options.
    """

    name: NotRequired[str]
    """The question."""

    options: NotRequired[list[PollCreationMessageOption]]

    selectableOptionsCount: NotRequired[int]

    contextInfo: NotRequired[ContextInfo]


class PollUpdateMessageVote(TypedDict):
    encPayload: str
    """Bytes as base64 with padding."""

    encIv: str
    """Bytes as base64 with padding."""


class PollUpdateMessage(TypedDict):
    """A vote, encrypted; nothing suggests that the gateway decrypts it.

    Evidence: baileys (baileys).
    """

    pollCreationMessageKey: ReferredKey

    vote: PollUpdateMessageVote

    senderTimestampMs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""


class ReceivedProtocolMessageKey(TypedDict):
    """The message it is about."""

    remoteJid: str

    fromMe: bool
    """Seen from whoever wrote the content."""

    id: str
    """As whoever wrote the content gives it; nobody looks whether there is such a message."""

    participant: NotRequired[str | None]
    """That message's author, in groups."""


class EditedContentImageMessage(TypedDict):
    caption: str


class EditedContentVideoMessage(TypedDict):
    caption: str


class EditedContentDocumentMessage(TypedDict):
    caption: str


class EditedContent(TypedDict):
    """What a message says after the edit; only texts and captions can be edited.

    Evidence: baileys (baileys).
    """

    conversation: NotRequired[str]

    extendedTextMessage: NotRequired[ExtendedTextMessage]

    imageMessage: NotRequired[EditedContentImageMessage]

    videoMessage: NotRequired[EditedContentVideoMessage]

    documentMessage: NotRequired[EditedContentDocumentMessage]


class ReceivedProtocolMessageDisappearingMode(TypedDict):
    initiator: NotRequired[str]

    trigger: NotRequired[str]


class ReceivedProtocolMessage(TypedDict):
    """A message about a message, from the other party. `REVOKE` is the enum's first value, which
    some encoders leave out.

    Evidence: baileys (baileys).

    Always there in what others send: key.
    """

    key: ReceivedProtocolMessageKey
    """The message it is about."""

    type: NotRequired[Literal["REVOKE", "MESSAGE_EDIT", "EPHEMERAL_SETTING"]]

    editedMessage: NotRequired[EditedContent]

    timestampMs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    ephemeralExpiration: NotRequired[int]
    """Seconds; 0 switches it off."""

    disappearingMode: NotRequired[ReceivedProtocolMessageDisappearingMode]


class ViewOnceContentMessage(TypedDict):
    imageMessage: NotRequired[ImageMessage]

    videoMessage: NotRequired[VideoMessage]

    audioMessage: NotRequired[AudioMessage]


class ViewOnceContent(TypedDict):
    """Media that may be looked at once. Linked devices often get the wrapper without anything in
    it.

    Evidence: baileys (baileys).

    Always there in what others send: .
    """

    message: NotRequired[ViewOnceContentMessage]

    contextInfo: NotRequired[ContextInfo]


class AlbumMessage(TypedDict):
    """How many pictures and videos follow, each as a message of its own.

    Evidence: baileys (baileys).
    """

    expectedImageCount: NotRequired[int]

    expectedVideoCount: NotRequired[int]

    contextInfo: NotRequired[ContextInfo]


class GroupInviteMessage(TypedDict):
    """A private invitation to a group.

    Evidence: baileys (baileys).

    Always there in what others send: groupJid, inviteCode.
    """

    groupJid: NotRequired[str]

    inviteCode: NotRequired[str]

    inviteExpiration: NotRequired[str]
    """Unix seconds."""

    groupName: NotRequired[str]

    jpegThumbnail: NotRequired[str]
    """Bytes as base64 with padding."""

    caption: NotRequired[str]

    contextInfo: NotRequired[ContextInfo]


class PinInChatMessage(TypedDict):
    """A message pinned for everybody in the chat, or no longer.

    Evidence: baileys (baileys).
    """

    key: ReferredKey

    type: Literal["PIN_FOR_ALL", "UNPIN_FOR_ALL"]

    senderTimestampMs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""


class ReceivedContent(TypedDict):
    """Content of any kind, one key per kind; side keys may stand beside it.

    Evidence: baileys (baileys, business-docs).
    """

    conversation: NotRequired[str]

    extendedTextMessage: NotRequired[ExtendedTextMessage]

    imageMessage: NotRequired[ImageMessage]

    videoMessage: NotRequired[VideoMessage]

    ptvMessage: NotRequired[PtvMessage]

    audioMessage: NotRequired[AudioMessage]

    documentMessage: NotRequired[DocumentMessage]

    documentWithCaptionMessage: NotRequired[CaptionedDocument]

    stickerMessage: NotRequired[StickerMessage]

    locationMessage: NotRequired[LocationMessage]

    liveLocationMessage: NotRequired[LiveLocationMessage]

    contactMessage: NotRequired[ContactMessage]

    contactsArrayMessage: NotRequired[ContactsArrayMessage]

    reactionMessage: NotRequired[ReactionMessage]

    listMessage: NotRequired[ListMessage]

    listResponseMessage: NotRequired[ListResponseMessage]

    buttonsResponseMessage: NotRequired[ButtonsResponseMessage]

    templateButtonReplyMessage: NotRequired[TemplateButtonReplyMessage]

    interactiveMessage: NotRequired[ReceivedInteractive]

    interactiveResponseMessage: NotRequired[InteractiveResponseMessage]

    orderMessage: NotRequired[OrderMessage]

    pollCreationMessage: NotRequired[PollCreationMessage]

    pollCreationMessageV2: NotRequired[PollCreationMessage]

    pollCreationMessageV3: NotRequired[PollCreationMessage]

    pollUpdateMessage: NotRequired[PollUpdateMessage]

    protocolMessage: NotRequired[ReceivedProtocolMessage]

    viewOnceMessage: NotRequired[ViewOnceContent]

    viewOnceMessageV2: NotRequired[ViewOnceContent]

    viewOnceMessageV2Extension: NotRequired[ViewOnceContent]

    albumMessage: NotRequired[AlbumMessage]

    groupInviteMessage: NotRequired[GroupInviteMessage]

    pinInChatMessage: NotRequired[PinInChatMessage]


class EphemeralWebhookMessageEphemeral(TypedDict):
    message: ReceivedContent


class EphemeralWebhookMessage(BesideContent):
    ephemeralMessage: EphemeralWebhookMessageEphemeral


class EphemeralWebhook(MessageWebhook):
    """Arrives as:
    - ephemeral: Message that disappears; vendor-doc (business-docs, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["ephemeralMessage"]

    message: EphemeralWebhookMessage


class ImageWebhookMessage(BesideContent):
    imageMessage: ImageMessage


class ImageWebhook(MessageWebhook):
    """Arrives as:
    - image: Image; vendor-doc (vendor-webhook-php, business-docs, bot-remar).
    - group-image: Image in a group; baileys (baileys, vendor-webhook-php).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["imageMessage"]

    message: ImageWebhookMessage


class VideoWebhookMessage(BesideContent):
    videoMessage: VideoMessage


class VideoWebhook(MessageWebhook):
    """Arrives as:
    - video: Video; vendor-doc (vendor-webhook-php, business-docs, chatwoot-bridge).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["videoMessage"]

    message: VideoWebhookMessage


class PtvWebhookMessage(BesideContent):
    ptvMessage: PtvMessage


class PtvWebhook(MessageWebhook):
    """Arrives as:
    - video-note: Video note; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["ptvMessage"]

    message: PtvWebhookMessage


class AudioWebhookMessage(BesideContent):
    audioMessage: AudioMessage


class AudioWebhook(MessageWebhook):
    """Arrives as:
    - audio-voice-note: Voice note; vendor-doc (vendor-webhook-php, business-docs, zap-
      assistant, linsalefe).
    - audio-file: Audio file; baileys (baileys, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - status-story: Status of a contact; observed (wacrm, allos-cf98, nextjs-crm, baileys).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["audioMessage"]

    message: AudioWebhookMessage


class DocumentWebhookMessage(BesideContent):
    documentMessage: DocumentMessage


class DocumentWebhook(MessageWebhook):
    """Arrives as:
    - document: Document; vendor-doc (vendor-webhook-php, business-docs, chatwoot-bridge).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["documentMessage"]

    message: DocumentWebhookMessage


class DocumentWithCaptionWebhookMessage(BesideContent):
    documentWithCaptionMessage: CaptionedDocument


class DocumentWithCaptionWebhook(MessageWebhook):
    """Arrives as:
    - document-with-caption: Document with a caption; observed (bot-remar, nextjs-crm,
      baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["documentWithCaptionMessage"]

    message: DocumentWithCaptionWebhookMessage


class StickerWebhookMessage(BesideContent):
    stickerMessage: StickerMessage


class StickerWebhook(MessageWebhook):
    """Arrives as:
    - sticker: Sticker; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["stickerMessage"]

    message: StickerWebhookMessage


class LocationWebhookMessage(BesideContent):
    locationMessage: LocationMessage


class LocationWebhook(MessageWebhook):
    """Arrives as:
    - location: Location; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["locationMessage"]

    message: LocationWebhookMessage


class LiveLocationWebhookMessage(BesideContent):
    liveLocationMessage: LiveLocationMessage


class LiveLocationWebhook(MessageWebhook):
    """Arrives as:
    - live-location: Live location; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["liveLocationMessage"]

    message: LiveLocationWebhookMessage


class ContactWebhookMessage(BesideContent):
    contactMessage: ContactMessage


class ContactWebhook(MessageWebhook):
    """Arrives as:
    - contact: Contact card; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["contactMessage"]

    message: ContactWebhookMessage


class ContactsArrayWebhookMessage(BesideContent):
    contactsArrayMessage: ContactsArrayMessage


class ContactsArrayWebhook(MessageWebhook):
    """Arrives as:
    - contacts-array: Several contact cards; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["contactsArrayMessage"]

    message: ContactsArrayWebhookMessage


class ReactionWebhookMessage(BesideContent):
    reactionMessage: ReactionMessage


class ReactionWebhook(MessageWebhook):
    """Arrives as:
    - reaction: Reaction; baileys (baileys, nextjs-crm, wacrm, aleff).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["reactionMessage"]

    message: ReactionWebhookMessage


class EncReactionWebhookMessageEncReaction(TypedDict):
    targetMessageKey: ReferredKey

    encPayload: str
    """Bytes as base64 with padding."""

    encIv: str
    """Bytes as base64 with padding."""


class EncReactionWebhookMessage(BesideContent):
    encReactionMessage: EncReactionWebhookMessageEncReaction


class EncReactionWebhook(MessageWebhook):
    """Arrives as:
    - reaction: Reaction; baileys (baileys, nextjs-crm, wacrm, aleff).
    """

    messageType: Literal["encReactionMessage"]

    message: EncReactionWebhookMessage


class ListResponseWebhookMessage(BesideContent):
    listResponseMessage: ListResponseMessage


class ListResponseWebhook(MessageWebhook):
    """Arrives as:
    - list-response: Choice from a list; observed (bot-remar, gestao-code, php-bot-2023,
      proplisted-hub, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["listResponseMessage"]

    message: ListResponseWebhookMessage


class ButtonsResponseWebhookMessage(BesideContent):
    buttonsResponseMessage: ButtonsResponseMessage


class ButtonsResponseWebhook(MessageWebhook):
    """Arrives as:
    - buttons-response: Tapped reply button; observed (gestao-code, linsalefe, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["buttonsResponseMessage"]

    message: ButtonsResponseWebhookMessage


class TemplateButtonReplyWebhookMessage(BesideContent):
    templateButtonReplyMessage: TemplateButtonReplyMessage


class TemplateButtonReplyWebhook(MessageWebhook):
    """Arrives as:
    - template-button-reply: Tapped template button; observed (nextjs-crm, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["templateButtonReplyMessage"]

    message: TemplateButtonReplyWebhookMessage


class InteractiveResponseWebhookMessage(BesideContent):
    interactiveResponseMessage: InteractiveResponseMessage


class InteractiveResponseWebhook(MessageWebhook):
    """Arrives as:
    - interactive-response: Answer to a native flow; baileys (baileys, linsalefe).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["interactiveResponseMessage"]

    message: InteractiveResponseWebhookMessage


class InteractiveWebhookMessage(BesideContent):
    interactiveMessage: ReceivedInteractive


class InteractiveWebhook(MessageWebhook):
    """Arrives as:
    - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["interactiveMessage"]

    message: InteractiveWebhookMessage


class ContentPart(TypedDict):
    """The fields of one content type; which ones there are depends on who made the message."""

    contextInfo: NotRequired[ContextInfo]


class MessageContextInfoWebhookMessage(BesideContent):
    interactiveMessage: NotRequired[ReceivedInteractive]

    listMessage: NotRequired[ListMessage]
    """Evidence: inferred."""

    templateMessage: NotRequired[ContentPart]
    """Evidence: inferred."""

    buttonsMessage: NotRequired[ContentPart]
    """Evidence: inferred."""

    orderMessage: NotRequired[OrderMessage]

    pollCreationMessageV3: NotRequired[PollCreationMessage]

    pollCreationMessage: NotRequired[PollCreationMessage]

    pollCreationMessageV2: NotRequired[PollCreationMessage]

    conversation: NotRequired[str]

    extendedTextMessage: NotRequired[ExtendedTextMessage]

    imageMessage: NotRequired[ImageMessage]

    videoMessage: NotRequired[VideoMessage]

    ptvMessage: NotRequired[PtvMessage]

    audioMessage: NotRequired[AudioMessage]

    documentMessage: NotRequired[DocumentMessage]

    documentWithCaptionMessage: NotRequired[CaptionedDocument]

    stickerMessage: NotRequired[StickerMessage]

    locationMessage: NotRequired[LocationMessage]

    liveLocationMessage: NotRequired[LiveLocationMessage]

    contactMessage: NotRequired[ContactMessage]

    contactsArrayMessage: NotRequired[ContactsArrayMessage]

    reactionMessage: NotRequired[ReactionMessage]

    listResponseMessage: NotRequired[ListResponseMessage]

    buttonsResponseMessage: NotRequired[ButtonsResponseMessage]

    templateButtonReplyMessage: NotRequired[TemplateButtonReplyMessage]

    interactiveResponseMessage: NotRequired[InteractiveResponseMessage]

    pollUpdateMessage: NotRequired[PollUpdateMessage]

    protocolMessage: NotRequired[ReceivedProtocolMessage]

    viewOnceMessage: NotRequired[ViewOnceContent]

    viewOnceMessageV2: NotRequired[ViewOnceContent]

    viewOnceMessageV2Extension: NotRequired[ViewOnceContent]

    albumMessage: NotRequired[AlbumMessage]

    groupInviteMessage: NotRequired[GroupInviteMessage]

    pinInChatMessage: NotRequired[PinInChatMessage]


class MessageContextInfoWebhook(MessageWebhook):
    """Arrives as:
    - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
    - order: Cart; baileys (baileys).
    - poll-creation: Poll; observed (nextjs-crm, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["messageContextInfo"]

    message: MessageContextInfoWebhookMessage


class ListWebhookMessage(BesideContent):
    listMessage: ListMessage
    """Evidence: inferred."""


class ListWebhook(MessageWebhook):
    """Arrives as:
    - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["listMessage"]

    message: ListWebhookMessage


class TemplateWebhookMessage(BesideContent):
    templateMessage: ContentPart
    """Evidence: inferred."""


class TemplateWebhook(MessageWebhook):
    """Arrives as:
    - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    """

    messageType: Literal["templateMessage"]

    message: TemplateWebhookMessage


class ButtonsWebhookMessage(BesideContent):
    buttonsMessage: ContentPart
    """Evidence: inferred."""


class ButtonsWebhook(MessageWebhook):
    """Arrives as:
    - interactive-order: Order review; vendor-doc (vendor-webhook-php, business-docs).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    """

    messageType: Literal["buttonsMessage"]

    message: ButtonsWebhookMessage


class OrderWebhookMessage(BesideContent):
    orderMessage: OrderMessage


class OrderWebhook(MessageWebhook):
    """Arrives as:
    - order: Cart; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["orderMessage"]

    message: OrderWebhookMessage


class PollCreationV3WebhookMessage(BesideContent):
    pollCreationMessageV3: PollCreationMessage


class PollCreationV3Webhook(MessageWebhook):
    """Arrives as:
    - poll-creation: Poll; observed (nextjs-crm, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["pollCreationMessageV3"]

    message: PollCreationV3WebhookMessage


class PollCreationWebhookMessage(BesideContent):
    pollCreationMessage: PollCreationMessage


class PollCreationWebhook(MessageWebhook):
    """Arrives as:
    - poll-creation: Poll; observed (nextjs-crm, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["pollCreationMessage"]

    message: PollCreationWebhookMessage


class PollCreationV2WebhookMessage(BesideContent):
    pollCreationMessageV2: PollCreationMessage


class PollCreationV2Webhook(MessageWebhook):
    """Arrives as:
    - poll-creation: Poll; observed (nextjs-crm, baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["pollCreationMessageV2"]

    message: PollCreationV2WebhookMessage


class PollUpdateWebhookMessage(BesideContent):
    pollUpdateMessage: PollUpdateMessage


class PollUpdateWebhook(MessageWebhook):
    """Arrives as:
    - poll-vote: Vote in a poll; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["pollUpdateMessage"]

    message: PollUpdateWebhookMessage


class ProtocolWebhookMessage(BesideContent):
    protocolMessage: ReceivedProtocolMessage


class ProtocolWebhook(MessageWebhook):
    """Arrives as:
    - edited: Edited message; baileys (baileys, nextjs-crm, ancestor).
    - deleted: Deleted message; baileys (baileys, nextjs-crm, ancestor).
    - disappearing-setting: Disappearing messages switched; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["protocolMessage"]

    message: ProtocolWebhookMessage


class EditedWebhookMessageEditedMessageProtocolDisappearingMode(TypedDict):
    initiator: NotRequired[str]

    trigger: NotRequired[str]


class EditedWebhookMessageEditedMessageProtocol(TypedDict):
    """A message about a message, from the other party. `REVOKE` is the enum's first value, which
    some encoders leave out.

    Evidence: baileys (baileys).
    """

    key: ReferredKey

    type: Literal["MESSAGE_EDIT"]

    editedMessage: NotRequired[EditedContent]

    timestampMs: NotRequired[str]
    """A 64-bit number, written as a string of digits the way protobuf JSON does it."""

    ephemeralExpiration: NotRequired[int]
    """Seconds; 0 switches it off."""

    disappearingMode: NotRequired[EditedWebhookMessageEditedMessageProtocolDisappearingMode]


class EditedWebhookMessageEditedMessage(TypedDict):
    protocolMessage: EditedWebhookMessageEditedMessageProtocol


class EditedWebhookMessageEdited(TypedDict):
    message: EditedWebhookMessageEditedMessage


class EditedWebhookMessage(BesideContent):
    editedMessage: EditedWebhookMessageEdited


class EditedWebhook(MessageWebhook):
    """Arrives as:
    - edited: Edited message; baileys (baileys, nextjs-crm, ancestor).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["editedMessage"]

    message: EditedWebhookMessage


class ViewOnceV2WebhookMessage(BesideContent):
    viewOnceMessageV2: ViewOnceContent


class ViewOnceV2Webhook(MessageWebhook):
    """Arrives as:
    - view-once: View-once media; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["viewOnceMessageV2"]

    message: ViewOnceV2WebhookMessage


class ViewOnceWebhookMessage(BesideContent):
    viewOnceMessage: ViewOnceContent


class ViewOnceWebhook(MessageWebhook):
    """Arrives as:
    - view-once: View-once media; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["viewOnceMessage"]

    message: ViewOnceWebhookMessage


class ViewOnceV2ExtensionWebhookMessage(BesideContent):
    viewOnceMessageV2Extension: ViewOnceContent


class ViewOnceV2ExtensionWebhook(MessageWebhook):
    """Arrives as:
    - view-once: View-once media; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["viewOnceMessageV2Extension"]

    message: ViewOnceV2ExtensionWebhookMessage


class AlbumWebhookMessage(BesideContent):
    albumMessage: AlbumMessage


class AlbumWebhook(MessageWebhook):
    """Arrives as:
    - album: Album; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["albumMessage"]

    message: AlbumWebhookMessage


class GroupInviteWebhookMessage(BesideContent):
    groupInviteMessage: GroupInviteMessage


class GroupInviteWebhook(MessageWebhook):
    """Arrives as:
    - group-invite: Invitation to a group; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - from-me-api-echo: Echo of a message sent through the API; baileys (allos-cf98,
      linsalefe, tv-orderhub, baileys).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["groupInviteMessage"]

    message: GroupInviteWebhookMessage


class PinInChatWebhookMessage(BesideContent):
    pinInChatMessage: PinInChatMessage


class PinInChatWebhook(MessageWebhook):
    """Arrives as:
    - pin-in-chat: Pinned message; baileys (baileys).
    - from-me-phone: Own message from the phone; observed (allos-cf98, tv-orderhub).
    - self-chat: Message to oneself; observed (allos-cf98, agent-notes).
    - broadcast-list: Message through a broadcast list; baileys (baileys, nextjs-crm).
    - newsletter: Post in a channel; inferred (wacrm, allos-cf98, baileys).
    """

    messageType: Literal["pinInChatMessage"]

    message: PinInChatWebhookMessage


class MessageAckWebhookKey(TypedDict):
    """The key of the message an event is about.

    Evidence: vendor-doc (vendor-webhook-php, business-docs, n8n-capture).
    """

    remoteJid: str
    """The chat. A person may be behind an `@lid`; the number is then in `senderPn`."""

    fromMe: Literal[True]
    """Whether the connected account wrote it."""

    id: str
    """32 hex digits from Android, 20 from an iPhone, 22 from the web and from the gateway.
    Unique per chat.
    """

    participant: NotRequired[str]
    """The author, in groups, broadcasts and statuses.

    Evidence: vendor-doc (vendor-webhook-php, nextjs-crm, baileys).
    """

    participantLid: NotRequired[str]
    """The author's hidden number, in groups, since 2026.

    Evidence: baileys (baileys).
    """

    participantPn: NotRequired[str]
    """The author's number, in groups where `participant` is an `@lid`.

    Evidence: baileys (baileys).
    """

    senderLid: NotRequired[str]
    """The other party's hidden number, in direct messages, since 2026.

    Evidence: observed (bot-remar, wacrm, baileys).
    """

    senderPn: NotRequired[str]
    """The other party's number when `remoteJid` is an `@lid`; the address to answer to.

    Evidence: observed (bot-remar, wacrm, vercel-bot, baileys).
    """


class MessageAckWebhookUpdate(TypedDict):
    status: Literal[2, 3, 4, 5, 0]
    """2 server, 3 delivered, 4 read, 5 played; 0 and 1 were never seen."""


class MessageAckWebhook(TypedDict):
    """Arrives as:
    - ack-server: Receipt - accepted by the server; vendor-doc (php-bot-2023, business-docs,
      bot-remar, baileys).
    - ack-delivered: Receipt - delivered; observed (bot-remar, php-bot-2023, incident-notes).
    - ack-read: Receipt - read; vendor-doc (php-bot-2023, business-docs, baileys).
    - ack-played: Receipt - played; vendor-doc (php-bot-2023, baileys).
    - ack-error: Receipt - refused; baileys (baileys).
    - ack-group: Receipt - in a group; inferred (baileys, bot-remar).
    """

    messageType: Literal["message.ack"]
    """The only field that tells events apart."""

    instance_key: str

    jid: str
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    key: MessageAckWebhookKey

    isBusiness: NotRequired[bool]
    """Evidence: inferred."""

    isGroup: NotRequired[bool]
    """Evidence: observed (bot-remar)."""

    update: MessageAckWebhookUpdate

    timestamp: int
    """Unix seconds of the receipt.

    Evidence: observed (bot-remar).
    """


class ConnectionUpdateWebhook(TypedDict):
    """Arrives as:
    - connected: Connected; observed (chatwoot-bridge, tv-orderhub).
    - disconnected: Disconnected; observed (tv-orderhub, business-docs, plan-code-nav).
    - disconnected-logout-variant: Disconnected by a logout; inferred (tv-orderhub).
    - connection-closed-temporary: Connection lost for a moment; inferred (ancestor, tv-
      orderhub).
    """

    messageType: Literal["connection_update"]
    """The only field that tells events apart."""

    instance_key: str

    jid: NotRequired[str]
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    message: NotRequired[Literal["phone_connected", "Number disconnected from api", "logout"]]
    """The second one by switch disconnect_text."""

    pushName: NotRequired[str]
    """The connected account's name.

    Evidence: observed (tv-orderhub, chatwoot-bridge).
    """

    closeReason: NotRequired[int | str]
    """The same receiver also looks here for logout, connectionClosed and timedOut.

    Evidence: inferred (tv-orderhub).
    """

    connection_state: NotRequired[Literal["close"]]


class QrcodeUpdateWebhook(TypedDict):
    """Arrives as:
    - qrcode: QR code; observed (tv-orderhub, ancestor, business-docs).
    """

    messageType: Literal["qrcode_update"]

    instance_key: str

    qrcode: str
    """A PNG as a data URI."""


_CallWebhookDataWords = TypedDict("_CallWebhookDataWords", {"from": str})


class CallWebhookData(_CallWebhookDataWords):
    chatId: str

    id: str

    date: NotRequired[str]

    offline: NotRequired[bool]

    status: Literal["offer", "ringing", "accept", "reject", "timeout", "terminate"]

    isVideo: NotRequired[bool]

    isGroup: NotRequired[bool]

    groupJid: NotRequired[str]


class CallWebhook(TypedDict):
    """Arrives as:
    - call: Incoming call; inferred (ancestor, baileys).
    """

    messageType: Literal["call"]

    instance_key: NotRequired[str]

    jid: NotRequired[str]

    type: Literal["call"]

    data: CallWebhookData


class PresenceUpdateWebhookPresence(TypedDict):
    lastKnownPresence: Literal["unavailable", "available", "composing", "recording", "paused"]

    lastSeen: NotRequired[int]


class PresenceUpdateWebhook(TypedDict):
    """Arrives as:
    - presence: Presence of a contact; inferred (gestao-code, baileys).
    """

    messageType: Literal["presence.update"]
    """The only field that tells events apart."""

    instance_key: str

    jid: str
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    id: str
    """The chat."""

    presences: dict[str, PresenceUpdateWebhookPresence]
    """By participant."""


class GroupParticipantsUpdateWebhook(TypedDict):
    """Arrives as:
    - group-participants: Participants of a group changed; inferred (baileys, gestao-code).
    """

    messageType: Literal["group-participants.update"]
    """The only field that tells events apart."""

    instance_key: str

    jid: str
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    id: str

    author: NotRequired[str]

    authorPn: NotRequired[str]
    """Evidence: baileys (baileys)."""

    participants: list[str]

    action: Literal["add", "remove", "promote", "demote", "modify"]


class GroupsUpdateWebhook(TypedDict):
    """Arrives as:
    - group-update: Group changed; inferred (baileys, gestao-code).
    """

    messageType: Literal["groups.update"]
    """The only field that tells events apart."""

    instance_key: str

    jid: str
    """The connected number, not the sender. A device suffix is possible (switch jid_suffix)."""

    lid: NotRequired[str]
    """The connected number's hidden number, since 2026.

    Evidence: observed (bot-remar, allos-cf98).
    """

    id: str

    subject: NotRequired[str]

    desc: NotRequired[str]

    announce: NotRequired[bool]

    restrict: NotRequired[bool]

    ephemeralDuration: NotRequired[int]

    author: NotRequired[str]


# Any webhook; `messageType` tells which.
Webhook = (
    ConversationWebhook
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
    | PresenceUpdateWebhook
    | GroupParticipantsUpdateWebhook
    | GroupsUpdateWebhook
)

# What `messageType` may be.
MessageType = Literal[
    "conversation",
    "extendedTextMessage",
    "ephemeralMessage",
    "imageMessage",
    "videoMessage",
    "ptvMessage",
    "audioMessage",
    "documentMessage",
    "documentWithCaptionMessage",
    "stickerMessage",
    "locationMessage",
    "liveLocationMessage",
    "contactMessage",
    "contactsArrayMessage",
    "reactionMessage",
    "encReactionMessage",
    "listResponseMessage",
    "buttonsResponseMessage",
    "templateButtonReplyMessage",
    "interactiveResponseMessage",
    "interactiveMessage",
    "messageContextInfo",
    "listMessage",
    "templateMessage",
    "buttonsMessage",
    "orderMessage",
    "pollCreationMessageV3",
    "pollCreationMessage",
    "pollCreationMessageV2",
    "pollUpdateMessage",
    "protocolMessage",
    "editedMessage",
    "viewOnceMessageV2",
    "viewOnceMessage",
    "viewOnceMessageV2Extension",
    "albumMessage",
    "groupInviteMessage",
    "pinInChatMessage",
    "message.ack",
    "connection_update",
    "qrcode_update",
    "call",
    "presence.update",
    "group-participants.update",
    "groups.update",
]

# The type by its `messageType`.
TYPES: Mapping[str, Any] = {
    "conversation": ConversationWebhook,
    "extendedTextMessage": ExtendedTextWebhook,
    "ephemeralMessage": EphemeralWebhook,
    "imageMessage": ImageWebhook,
    "videoMessage": VideoWebhook,
    "ptvMessage": PtvWebhook,
    "audioMessage": AudioWebhook,
    "documentMessage": DocumentWebhook,
    "documentWithCaptionMessage": DocumentWithCaptionWebhook,
    "stickerMessage": StickerWebhook,
    "locationMessage": LocationWebhook,
    "liveLocationMessage": LiveLocationWebhook,
    "contactMessage": ContactWebhook,
    "contactsArrayMessage": ContactsArrayWebhook,
    "reactionMessage": ReactionWebhook,
    "encReactionMessage": EncReactionWebhook,
    "listResponseMessage": ListResponseWebhook,
    "buttonsResponseMessage": ButtonsResponseWebhook,
    "templateButtonReplyMessage": TemplateButtonReplyWebhook,
    "interactiveResponseMessage": InteractiveResponseWebhook,
    "interactiveMessage": InteractiveWebhook,
    "messageContextInfo": MessageContextInfoWebhook,
    "listMessage": ListWebhook,
    "templateMessage": TemplateWebhook,
    "buttonsMessage": ButtonsWebhook,
    "orderMessage": OrderWebhook,
    "pollCreationMessageV3": PollCreationV3Webhook,
    "pollCreationMessage": PollCreationWebhook,
    "pollCreationMessageV2": PollCreationV2Webhook,
    "pollUpdateMessage": PollUpdateWebhook,
    "protocolMessage": ProtocolWebhook,
    "editedMessage": EditedWebhook,
    "viewOnceMessageV2": ViewOnceV2Webhook,
    "viewOnceMessage": ViewOnceWebhook,
    "viewOnceMessageV2Extension": ViewOnceV2ExtensionWebhook,
    "albumMessage": AlbumWebhook,
    "groupInviteMessage": GroupInviteWebhook,
    "pinInChatMessage": PinInChatWebhook,
    "message.ack": MessageAckWebhook,
    "connection_update": ConnectionUpdateWebhook,
    "qrcode_update": QrcodeUpdateWebhook,
    "call": CallWebhook,
    "presence.update": PresenceUpdateWebhook,
    "group-participants.update": GroupParticipantsUpdateWebhook,
    "groups.update": GroupsUpdateWebhook,
}
