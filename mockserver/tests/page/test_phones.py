"""The customer's phone: what the bot sends is seen, and what the customer does reaches the bot."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import call, send
from .screen import Screen, expect

MEDIA = Path(__file__).resolve().parents[3] / "fixtures" / "media"
TYPES = {
    "image.jpg": ("image", "image/jpeg"),
    "video.mp4": ("video", "video/mp4"),
    "voice.ogg": ("ptt", "audio/ogg"),
    "document.pdf": ("document", "application/pdf"),
    "sticker.webp": ("image", "image/webp"),
}


def test_text_is_sent_and_the_bot_answers(screen: Screen, shop: Instance) -> None:
    screen.write("Bom dia")
    expect(screen.bubble("Olá, Contato Teste!")).to_be_visible()
    own = screen.bubble("Bom dia")
    expect(own.locator(".bubble.own")).to_be_visible()
    expect(own.locator(".trace")).to_contain_text("webhook 200")
    expect(screen.bubble("Olá, Contato Teste!").locator(".trace")).to_contain_text("send_text 200")


def test_list_row_is_tapped_and_the_bot_answers_with_a_picture(
    screen: Screen, shop: Instance
) -> None:
    screen.write("oi")
    screen.bubble("O que deseja?").get_by_role("button", name="Abrir").click()
    sheet = screen.page.get_by_role("dialog", name="Abrir")
    sheet.get_by_text("Ver o cardápio").click()
    sheet.get_by_role("button", name="Send").click()
    expect(screen.bubble("Ver o cardápio").locator(".own")).to_be_visible()
    expect(screen.bubble("O cardápio").locator(".media")).to_be_visible()
    assert shop.inbox.wait_for("list-response").status == 200


def test_message_is_quoted_edited_reacted_to_and_deleted(screen: Screen, shop: Instance) -> None:
    screen.write("errado")
    screen.do("errado", "Edit")
    box = screen.phone().get_by_label("Message from")
    expect(box).to_have_value("errado")
    box.fill("certo")
    box.press("Enter")
    expect(screen.bubble("certo")).to_contain_text("Edited")
    screen.do("certo", "Reply")
    screen.write("resposta")
    expect(screen.bubble("resposta").locator(".quote")).to_contain_text("certo")
    screen.do("resposta", "Delete for everyone")
    expect(screen.bubble("This message was deleted")).to_be_visible()
    bubble = screen.phone().locator(".line").filter(has_text="Olá, Contato Teste!").first
    bubble.hover()
    bubble.get_by_role("button", name="What to do with this message").click()
    screen.page.get_by_role("menuitemcheckbox", name="React with 👍").click()
    expect(bubble.locator(".reactions")).to_have_text("👍")
    for event in ("edited", "text-quoted-reply", "deleted", "reaction"):
        assert shop.inbox.wait_for(event).status == 200


@pytest.mark.parametrize("label", ["Sample picture", "Sample video", "Sample document"])
def test_caption_is_edited(screen: Screen, shop: Instance, label: str) -> None:
    screen.attach(label)
    line = screen.phone().locator(".line:has(.bubble.own)").last
    line.hover()
    line.get_by_role("button", name="What to do with this message").click()
    screen.page.get_by_role("menuitem", name="Edit").click()
    screen.write("Outra legenda")
    expect(screen.bubble("Outra legenda")).to_contain_text("Edited")
    told = shop.inbox.wait_for("edited").payload["message"]["protocolMessage"]["editedMessage"]
    assert [each["caption"] for each in told.values()] == ["Outra legenda"]


TEXT_ENTRIES = {"Reply", "Forward to the instance", "Copy the text"}


@pytest.mark.parametrize(
    ("label", "missing"),
    [
        ("Sample picture", {"Forward to the instance"}),
        ("Sample voice note", {"Forward to the instance", "Copy the text"}),
        ("Sample document", {"Forward to the instance", "Copy the text"}),
        ("Sample sticker", {"Forward to the instance", "Copy the text"}),
        ("Sample poll", {"Forward to the instance"}),
    ],
)
def test_menu_offers_only_what_can_be_done_with_such_a_message(
    screen: Screen, shop: Instance, label: str, missing: set[str]
) -> None:
    screen.attach(label)
    line = screen.phone().locator(".line:has(.bubble.own)").last
    line.hover()
    line.get_by_role("button", name="What to do with this message").click()
    menu = screen.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Reply")).to_be_visible()
    offered = set(menu.get_by_role("menuitem").all_inner_texts())
    assert offered & TEXT_ENTRIES == TEXT_ENTRIES - missing


def test_text_is_forwarded_and_copied(screen: Screen, shop: Instance) -> None:
    screen.write("Passe adiante")
    screen.do("Passe adiante", "Forward to the instance")
    assert shop.inbox.wait_for("text-forwarded").status == 200
    expect(screen.bubble("Passe adiante")).to_contain_text("Forwarded")
    screen.do("Passe adiante", "Copy the text")
    expect(screen.phone().locator(".notice")).to_have_text("Copied")
    assert screen.page.evaluate("navigator.clipboard.readText()") == "Passe adiante"


def test_message_that_reached_no_phone_is_neither_answered_nor_passed_on(
    screen: Screen, shop: Instance
) -> None:
    shop.customer("5511900000002").blocks()
    send(shop, "text", {"text": "Nunca chega"})
    bubble = screen.bubble("Nunca chega")
    bubble.hover()
    bubble.get_by_role("button", name="What to do with this message").click()
    menu = screen.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Copy the text")).to_be_visible()
    expect(menu.get_by_role("menuitemcheckbox")).to_have_count(0)
    assert set(menu.get_by_role("menuitem").all_inner_texts()).isdisjoint(
        {"Reply", "Forward to the instance"}
    )


def test_attached_file_takes_no_quote_from_the_next_text(screen: Screen, shop: Instance) -> None:
    screen.write("citado")
    screen.do("citado", "Reply")
    screen.attach("Sample picture")
    shop.inbox.wait_for("image")
    expect(screen.phone().locator(".about")).to_be_hidden()
    screen.write("sem citar")
    expect(screen.bubble("sem citar")).to_be_visible()
    expect(screen.bubble("sem citar").locator(".quote")).to_have_count(0)


@pytest.mark.parametrize(
    ("label", "event", "seen"),
    [
        ("Sample picture", "image", ".picture img"),
        ("Sample video", "video", ".film video"),
        ("Sample voice note", "audio-voice-note", ".sound audio"),
        ("Sample audio file", "audio-file", ".sound audio"),
        ("Sample document", "document", ".file"),
        ("Sample sticker", "sticker", ".sticker"),
        ("Sample poll", "poll-creation", ".offers"),
    ],
)
def test_sample_of_every_kind_is_sent_and_seen(
    screen: Screen, shop: Instance, label: str, event: str, seen: str
) -> None:
    screen.attach(label)
    expect(screen.phone().locator(f".bubble.own {seen}").last).to_be_visible()
    assert shop.inbox.wait_for(event).status == 200


@pytest.mark.parametrize(
    ("label", "kind"), [("Sample video", "video"), ("Sample voice note", "audio")]
)
def test_sample_can_be_played(screen: Screen, shop: Instance, label: str, kind: str) -> None:
    screen.attach(label)
    expect(screen.phone().locator(f".bubble.own {kind}")).to_be_visible()
    # A bubble is drawn again when its message is read: the player of then is played.
    screen.wait_until(
        f"""() => {{
            const player = document.querySelector(".bubble.own {kind}");
            if (player && player !== window.playing) {{
                window.playing = player;
                player.muted = true;
                player.addEventListener("ended", () => {{ window.played = player.duration; }});
                player.play();
            }}
            return window.played > 0;
        }}"""
    )


@pytest.mark.parametrize(
    ("label", "kind", "mimetype"), [("video", "film", "video/mp4"), ("audio", "sound", "audio/ogg")]
)
def test_file_that_cannot_be_played_says_so(
    screen: Screen, shop: Instance, label: str, kind: str, mimetype: str
) -> None:
    content = b64encode(b"\0\0\0\x18ftypmp42" if label == "video" else b"OggS").decode()
    data = {"base64": f"data:{mimetype};base64,{content}", "fileName": "x", "mimeType": mimetype}
    assert send(shop, "mediaBase64", {**data, "type": label}) == 200
    place = screen.phone().locator(f".bubble.theirs .{kind}")
    expect(place).to_contain_text("Not a file a browser can play")
    expect(place.locator("video, audio")).to_have_count(0)


@pytest.mark.parametrize(
    ("label", "event", "words"),
    [
        ("Start typing", "presence", "sees that this phone is typing"),
        ("Start recording", "presence", "sees that this phone is recording"),
        ("Call", "call", "called the shop"),
    ],
)
def test_what_becomes_no_message_is_said_to_be_done(
    screen: Screen, shop: Instance, label: str, event: str, words: str
) -> None:
    screen.attach(label)
    expect(screen.phone().locator(".notice")).to_contain_text(words)
    assert shop.inbox.wait_for(event).status == 200


def test_place_of_ones_own_has_no_address_of_the_sample(screen: Screen, shop: Instance) -> None:
    for address in ("", "Praça Central, 5"):
        screen.attach("Location…")
        form = screen.phone().get_by_role("dialog")
        form.get_by_label("Address").fill(address)
        form.get_by_role("button", name="Send").click()
        place = shop.inbox.wait_for("location").payload["message"]["locationMessage"]
        assert (place["name"], place["address"]) == ("Test Square", address)


def test_contact_card_needs_a_number(screen: Screen, shop: Instance) -> None:
    screen.attach("Contact card…")
    form = screen.phone().get_by_role("dialog")
    number = form.get_by_label("Number")
    number.fill("ninguém")
    form.get_by_role("button", name="Send").click()
    assert "8 to 15 digits" in number.evaluate("input => input.validationMessage")
    expect(form).to_be_visible()
    number.fill("+55 (11) 90000-0004")
    form.get_by_role("button", name="Send").click()
    card = shop.inbox.wait_for("contact").payload["message"]["contactMessage"]["vcard"]
    assert "waid=5511900000004:+5511900000004" in card


def test_place_and_contact_card_are_sent_from_their_forms(screen: Screen, shop: Instance) -> None:
    screen.attach("Location…")
    screen.phone().get_by_label("Name").fill("Praça Central")
    screen.phone().get_by_role("button", name="Send").last.click()
    expect(screen.bubble("Praça Central").locator(".own .place")).to_be_visible()
    screen.attach("Contact card…")
    screen.phone().get_by_label("Name").fill("Outra Pessoa")
    screen.phone().get_by_role("button", name="Send").last.click()
    expect(screen.bubble("Outra Pessoa")).to_contain_text("5511900000003")
    assert shop.inbox.wait_for("location").status == 200
    assert shop.inbox.wait_for("contact").status == 200


def test_file_of_the_users_own_is_sent_with_its_caption(screen: Screen, shop: Instance) -> None:
    screen.attach("A file of yours…")
    form = screen.phone().get_by_role("dialog")
    form.get_by_label("File").set_input_files(
        {"name": "nota.txt", "mimeType": "text/plain", "buffer": b"made up"}
    )
    form.get_by_role("button", name="Send").click()
    expect(screen.bubble("nota.txt").locator(".own .file")).to_contain_text("7 B")
    webhook = shop.inbox.wait_for("document")
    assert webhook.payload["message"]["documentMessage"]["fileName"] == "nota.txt"


# Whether the newest recorder has been given any sound; its pieces go to the page as ever.
HEAR_RECORDERS = """() => {
    const start = MediaRecorder.prototype.start;
    let heard = 0, recorder = null;
    MediaRecorder.prototype.start = function () {
        recorder = this;
        this.addEventListener("dataavailable", event => { heard += event.data.size; });
        start.call(this);
    };
    window.hasHeard = () => {
        if (!heard) recorder?.requestData();
        return heard > 0;
    };
}"""


def test_voice_note_is_recorded_and_sent(screen: Screen, shop: Instance) -> None:
    screen.page.evaluate(HEAR_RECORDERS)
    screen.phone().get_by_role("button", name="Record a voice note").click()
    stop = screen.phone().get_by_role("button", name="Stop and send")
    expect(stop).to_have_attribute("aria-pressed", "true")
    # The browser's made-up microphone needs a moment to say anything.
    screen.wait_until("window.hasHeard()")
    stop.click()
    expect(screen.phone().locator(".own .sound audio")).to_be_visible()
    assert shop.inbox.wait_for("audio-voice-note").status == 200


@pytest.mark.parametrize(
    ("path", "data", "seen", "words"),
    [
        ("text", {"text": "*negrito* e _itálico_"}, "strong", "negrito"),
        ("sendLinkPreview", {"textWithLink": "Veja https://loja.example.test/x"}, "a", "loja"),
        (
            "location",
            {"address": "Rua 1", "caption": "Loja", "latitude": -23.5, "longitude": -46.6},
            ".place",
            "Loja",
        ),
        (
            "mediaBase64",
            {
                "base64": "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK",
                "fileName": "boleto.pdf",
                "type": "document",
                "mimeType": "application/pdf",
            },
            ".file",
            "boleto.pdf",
        ),
    ],
)
def test_message_of_the_bot_is_shown_as_on_a_phone(
    screen: Screen, shop: Instance, path: str, data: dict[str, Any], seen: str, words: str
) -> None:
    send(shop, path, data)
    bubble = screen.phone().locator(".bubble.theirs").last
    expect(bubble.locator(seen).first).to_contain_text(words)
    expect(bubble.locator(".ticks-read")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("image.jpg", ".picture img"),
        ("video.mp4", ".film video"),
        ("voice.ogg", ".sound audio"),
        ("document.pdf", ".file"),
        ("sticker.webp", ".picture"),
    ],
)
def test_file_of_the_bot_is_shown_and_downloaded(
    screen: Screen, shop: Instance, name: str, seen: str
) -> None:
    kind, mimetype = TYPES[name]
    content = (MEDIA / name).read_bytes()
    data = f"data:{mimetype};base64,{b64encode(content).decode()}"
    file = {"base64": data, "type": kind, "mimeType": mimetype, "fileName": name}
    assert send(shop, "mediaBase64", file) == 200
    bubble = screen.phone().locator(".bubble.theirs").last
    expect(bubble.locator(seen)).to_be_visible()
    with screen.page.expect_download() as saving:
        bubble.get_by_role("link", name="Download").click()
    assert saving.value.path().read_bytes() == content


REPLY = {"text": "Gostou?", "buttons": [{"type": "reply", "title": "Sim", "id": "sim"}]}
LINK = {"text": "Veja", "buttons": [{"type": "url", "title": "Site", "payload": "https://a.test"}]}
FILE = {"mediaUrl": "https://files.example.test/arquivo", "title": "Título"}


@pytest.mark.parametrize(
    ("path", "data", "seen"),
    [
        ("buttonMessage", {**REPLY, **FILE, "type": "image"}, ".picture img"),
        ("buttonMessage", {**REPLY, **FILE, "type": "video"}, ".film video"),
        ("templateMessage", {**LINK, **FILE, "type": "document"}, ".file"),
    ],
)
def test_file_at_the_head_of_buttons_is_shown(
    screen: Screen, shop: Instance, path: str, data: dict[str, Any], seen: str
) -> None:
    assert send(shop, path, data) == 200
    bubble = screen.phone().locator(".bubble.theirs").last
    expect(bubble.locator(seen)).to_be_visible()
    expect(bubble).to_contain_text(data["text"])
    expect(bubble.locator(".offer")).to_have_count(1)


def test_quote_forward_and_deletion_of_the_bot_are_shown(screen: Screen, shop: Instance) -> None:
    shop.webhook_to("")
    message = shop.customer("5511900000002").says("Pergunta")
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": False, "id": message.id}
    quoted = {"key": key, "message": {"conversation": "Pergunta"}}
    assert send(shop, "quoteMessage", {"text": "Resposta", **quoted}) == 200
    expect(screen.bubble("Resposta").locator(".quote")).to_contain_text("Pergunta")
    assert send(shop, "forwardMessage", quoted) == 200
    expect(screen.phone().locator(".theirs").last).to_contain_text("Forwarded")
    send(shop, "text", {"text": "Engano"})
    sent = shop.sent.wait_for(text="Engano")
    mine = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": True, "id": sent.id}
    body = {"messageData": {"to": "5511900000002", "key": mine, "messageTimestamp": 1}}
    assert call(shop, f"/rest/chat/{shop.key}/deleteMessage", body) == 200
    expect(screen.bubble("This message was deleted").locator(".theirs")).to_be_visible()
    expect(screen.bubble("Engano")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("buttonMessage", {"type": "reply", "title": "Sim", "id": "sim"}),
        ("templateMessage", {"type": "replyButton", "title": "Mais"}),
    ],
)
def test_button_of_the_bot_is_tapped(
    screen: Screen, shop: Instance, path: str, reply: dict[str, str]
) -> None:
    site = {"type": "url", "title": "Site", "payload": "https://loja.example.test"}
    buttons = [reply] if path == "buttonMessage" else [site, reply]
    data = {"title": "Aviso", "text": "Confirma?", "footer": "Loja", "type": "text"}
    assert send(shop, path, {**data, "buttons": buttons}) == 200
    screen.bubble("Confirma?").get_by_role("button", name=reply["title"]).click()
    expect(screen.phone().locator(".own .chosen").last).to_contain_text(reply["title"])


def test_poll_is_voted_on(screen: Screen, shop: Instance) -> None:
    screen.attach("Sample poll")
    poll = screen.bubble("Qual horario?")
    poll.get_by_role("button", name="Tarde").click()
    expect(poll).to_contain_text("Votes: 1")
    assert shop.inbox.wait_for("poll-vote").status == 200


def test_phone_that_is_off_receives_when_it_is_on_again(screen: Screen, shop: Instance) -> None:
    def switch(label: str) -> None:
        screen.phone().get_by_role("button", name="Switches of this phone").click()
        screen.page.get_by_role("menuitem", name=label).click()

    switch("Switch the phone off")
    expect(screen.phone().locator(".flag")).to_have_text("off")
    send(shop, "text", {"text": "Você recebeu?"})
    expect(screen.bubble("Você recebeu?").get_by_role("img", name="Sent")).to_be_visible()
    switch("Switch the phone on")
    expect(screen.bubble("Você recebeu?").get_by_role("img", name="Read")).to_be_visible()


def test_phone_without_buttons_shows_a_notice_instead(screen: Screen, shop: Instance) -> None:
    screen.write("oi")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    screen.phone().get_by_role("button", name="Switches of this phone").click()
    screen.page.get_by_role("menuitem", name="Stop showing buttons").click()
    expect(screen.phone().locator(".not-shown")).to_be_visible()


def test_typing_of_the_bot_is_shown_until_its_message_comes(screen: Screen, shop: Instance) -> None:
    body = {"to": "5511900000002", "option": "composing"}
    assert call(shop, f"/rest/chat/{shop.key}/presenceUpdateChat", body) == 200
    expect(screen.phone().locator(".presence")).to_have_text("typing…")
    send(shop, "text", {"text": "Pronto"})
    expect(screen.phone().locator(".presence")).to_have_text("online")


def test_typing_of_the_bot_ends_by_itself(screen: Screen, shop: Instance, mock: MockServer) -> None:
    body = {"to": "5511900000002", "option": "recording"}
    assert call(shop, f"/rest/chat/{shop.key}/presenceUpdateChat", body) == 200
    expect(screen.phone().locator(".presence")).to_have_text("recording audio…")
    mock.clock.advance(30)
    expect(screen.phone().locator(".presence")).to_have_text("online")


def test_typing_of_another_in_a_group_is_shown(screen: Screen, shop: Instance) -> None:
    shop.webhook_to("")
    group = shop.group("Bairro", members=["5511900000002", "5511900000004"])
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().get_by_role("button", name="Bairro").click()
    group.customer("5511900000004").does("presence", option="composing")
    expect(screen.phone().locator(".presence")).to_have_text("Cliente Exemplo: typing…")
    group.says("5511900000004", "Oi")
    expect(screen.bubble("Oi")).to_be_visible()
    expect(screen.phone().locator(".presence")).not_to_contain_text("typing")


def test_group_of_two_phones_is_written_in_by_both(screen: Screen, shop: Instance) -> None:
    page = screen.page
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Subject").fill("Turma")
    page.get_by_label("Members beside the instance").fill("5511900000002, 5511900000004")
    page.get_by_role("button", name="Create").click()
    other = "Cliente Exemplo"
    expect(screen.title(other)).to_have_text("Turma")
    expect(screen.title()).to_have_text("Turma")
    screen.write("Boa tarde, turma", other)
    there = screen.bubble("Boa tarde, turma")
    expect(there.locator(".theirs .author")).to_have_text(other)
    screen.write("Boa tarde também")
    author = screen.bubble("Boa tarde também", other).locator(".author")
    expect(author).to_have_text("Contato Teste")


def test_refused_call_is_shown_in_the_chat_with_its_reason(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "x"}, token="wrong")
    refusal = screen.phone().locator(".refusal")
    expect(refusal).to_contain_text("send_text refused: 401")
    expect(refusal).to_contain_text("token")
    refusal.click()
    expect(screen.page.locator(".trace-pane .reason.bad")).to_contain_text("token")


def test_text_from_the_wire_is_never_markup(screen: Screen, shop: Instance) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>*<b>x</b>*'
    send(shop, "text", {"text": hostile})
    screen.write(f"{hostile} javascript:alert(1)")
    bubbles = screen.phone().locator(".bubble").filter(has_text="document.title=1")
    expect(bubbles).to_have_count(2)
    for bubble in bubbles.all():
        expect(bubble).to_contain_text("<script>document.title=2</script>")
        assert bubble.locator("img[src=x], script, b").count() == 0
    assert "megaAPI" in screen.page.title()


def test_phone_is_opened_by_name_and_by_any_number(screen: Screen, shop: Instance) -> None:
    page = screen.page
    shop.customer("5521987650001").says("Você não me conhece")
    page.get_by_role("button", name="Add a phone").click()
    rows = page.get_by_role("dialog").locator(".chat-row")
    expect(rows.first).to_contain_text("5521987650001")
    page.get_by_role("searchbox").fill("Ana")
    expect(rows).to_have_count(1)
    rows.click()
    expect(screen.phone("Ana Exemplo")).to_be_visible()
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_role("searchbox").fill("5521987650002")
    page.get_by_role("dialog").locator(".chat-row").filter(has_text="5521987650002").click()
    expect(page.locator("section.phone")).to_have_count(3)
    page.reload()
    expect(page.locator("section.phone")).to_have_count(3)
