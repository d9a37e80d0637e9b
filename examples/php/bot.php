<?php
// A bot on PHP with curl alone: it answers every text of a customer. php -S 127.0.0.1:9000 examples/php/bot.php

function send(string $kind, array $messageData): void
{
    $curl = curl_init(getenv('MEGAAPI_GATEWAY') . '/rest/sendMessage/' . getenv('MEGAAPI_INSTANCE_KEY') . "/$kind");
    curl_setopt_array($curl, [
        CURLOPT_RETURNTRANSFER => true,
        // Without this Content-Type, curl says that the body is a form.
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('MEGAAPI_TOKEN'), 'Content-Type: application/json'],
        CURLOPT_POSTFIELDS => json_encode(['messageData' => $messageData]),
        // The real gateway does not say what is wrong; the mock does, in this header.
        CURLOPT_HEADERFUNCTION => function ($curl, string $line): int {
            if (stripos($line, 'X-Mock-Reason:') === 0) {
                error_log(trim($line));
            }
            return strlen($line);
        },
    ]);
    curl_exec($curl);
}

// A webhook is JSON: $_POST stays empty.
$event = json_decode(file_get_contents('php://input'), true) ?? [];
$text = $event['message']['conversation'] ?? $event['message']['extendedTextMessage']['text'] ?? null;
$chat = $event['key']['remoteJid'] ?? '';
// Its own messages come as webhooks too, and stories and channels cannot be answered.
if ($text !== null && !($event['key']['fromMe'] ?? false) && preg_match('/@(s\.whatsapp\.net|lid)$/', $chat)) {
    send('text', ['to' => $chat, 'text' => "Você disse: $text"]);
}
