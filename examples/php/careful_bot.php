<?php
// A bot that stands duplicates, bursts and its own echo. PHP forgets everything between two requests, so
// that what was answered is kept in files; in a real bot that is a table with a unique column.
//
// php -S 127.0.0.1:9000 examples/php/careful_bot.php (environment: MEGAAPI_GATEWAY, MEGAAPI_INSTANCE_KEY,
// MEGAAPI_TOKEN)

const SILENT = ['reactionMessage', 'protocolMessage']; // nothing to answer: reactions, edits, deletions

$event = json_decode(file_get_contents('php://input'));
if (wants_answer($event) && is_new($event->key->id)) {
    answer($event->key, $event->message);
}

function wants_answer(?object $event): bool
{
    $key = $event->key ?? null;
    $message = $event->message ?? null;
    if (!is_object($key) || !is_object($message) || !empty($key->fromMe)) {
        return false;
    }
    if (str_ends_with($key->remoteJid, 'status@broadcast') || str_ends_with($key->remoteJid, '@newsletter')) {
        return false;
    }
    return !array_intersect(SILENT, array_keys(get_object_vars($message)));
}

// Whether nobody has taken this message yet: the system makes a file of one name only once, whoever asks.
function is_new(string $id): bool
{
    $folder = sys_get_temp_dir() . '/answered-' . $_SERVER['SERVER_PORT'];
    @mkdir($folder);
    return @fopen($folder . '/' . hash('sha256', $id), 'x') !== false;
}

function answer(object $key, object $message): void
{
    $data = ['to' => $key->remoteJid, 'text' => 'Obrigado!', 'key' => $key, 'message' => $message];
    $call = curl_init(getenv('MEGAAPI_GATEWAY') . '/rest/sendMessage/' . getenv('MEGAAPI_INSTANCE_KEY') . '/quoteMessage');
    curl_setopt_array($call, [
        CURLOPT_POSTFIELDS => json_encode(['messageData' => $data]),
        CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('MEGAAPI_TOKEN'), 'Content-Type: application/json'],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ]);
    $reply = curl_exec($call);
    if (curl_getinfo($call, CURLINFO_RESPONSE_CODE) !== 200) {
        error_log($key->id . ' is not answered: ' . ($reply ?: curl_error($call)));
    }
}
