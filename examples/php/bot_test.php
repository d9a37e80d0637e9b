<?php
// Tests of the bot beside it, against a mock that runs: php examples/php/bot_test.php
// Each method is a test as PHPUnit has them; the last lines run them without PHPUnit.

final class BotTest
{
    private const ANA = '5511900000002';
    private string $mock;
    private array $instance = [];
    /** @var resource */
    private $bot;

    public function setUp(): void
    {
        $this->mock = getenv('MEGAAPI_GATEWAY') ?: 'http://127.0.0.1:8080';
        $this->instance = $this->control('POST', '/instances', ['connected' => true]);
        $port = $this->startBot();
        $url = "http://127.0.0.1:$port/webhook";
        $this->control('POST', "/instances/{$this->instance['key']}/webhook", ['url' => $url]);
    }

    public function tearDown(): void
    {
        proc_terminate($this->bot);
        proc_close($this->bot);
        $this->control('DELETE', "/instances/{$this->instance['key']}");
    }

    public function testItAnswersAText(): void
    {
        $this->says('oi');
        $answer = $this->waitFor('messages', ['from_me' => 'true', 'chat' => self::ANA, 'text' => 'Você disse: oi']);
        self::same('Você disse: oi', $answer['content']['extendedTextMessage']['text']);
    }

    public function testItTakesTheWebhookOfItsOwnMessage(): void
    {
        $this->says('bom dia');
        $answer = $this->waitFor('messages', ['from_me' => 'true', 'text' => 'Você disse: bom dia']);
        $echo = $this->waitFor('deliveries', ['event' => 'from-me-api-echo', 'message' => $answer['id']]);
        self::same('delivered', $this->control('GET', "/deliveries/{$echo['id']}?wait=5")['state']);
        $sent = $this->control('GET', "/messages?instance={$this->instance['key']}&from_me=true");
        self::same(1, count($sent['items']));
    }

    /** A call of the control API; a refusal fails the test in the mock's own words. */
    private function control(string $method, string $path, mixed $body = null): array
    {
        $curl = curl_init("{$this->mock}/_mock$path");
        curl_setopt_array($curl, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
        ]);
        if ($body !== null) {
            curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
        }
        $text = curl_exec($curl);
        if ($text === false) {
            throw new RuntimeException("{$this->mock}: " . curl_error($curl));
        }
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        if ($status >= 400) {
            throw new RuntimeException("$method $path: $status $text");
        }
        return json_decode($text, true) ?? [];
    }

    /** The first record of a list that fits the filters, within five seconds. */
    private function waitFor(string $list, array $filters): array
    {
        $key = $this->instance['key'];
        $query = http_build_query(['instance' => $key, 'wait' => 5] + $filters);
        $items = $this->control('GET', "/$list?$query")['items'];
        if ($items) {
            return $items[0];
        }
        $refused = $this->control('GET', "/exchanges?instance=$key&outcome=refused")['items'];
        $reasons = implode('; ', array_column($refused, 'reason')) ?: 'none';
        throw new RuntimeException("nothing in $list with $query; reasons of refused calls: $reasons");
    }

    private function says(string $text): void
    {
        $this->control('POST', "/instances/{$this->instance['key']}/inbound", ['from' => self::ANA, 'text' => $text]);
    }

    /** The bot in PHP's own server, on a free port; it is there once it accepts connections. */
    private function startBot(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        $settings = [
            'MEGAAPI_GATEWAY' => $this->mock,
            'MEGAAPI_INSTANCE_KEY' => $this->instance['key'],
            'MEGAAPI_TOKEN' => $this->instance['token'],
        ];
        $command = [PHP_BINARY, '-S', "127.0.0.1:$port", __DIR__ . '/bot.php'];
        $this->bot = proc_open($command, [2 => ['file', '/dev/null', 'w']], $pipes, null, $settings + getenv());
        for ($deadline = microtime(true) + 10; microtime(true) < $deadline; usleep(20_000)) {
            if ($connection = @fsockopen('127.0.0.1', $port)) {
                fclose($connection);
                return $port;
            }
        }
        throw new RuntimeException('the bot did not start');
    }

    private static function same(mixed $expected, mixed $actual): void
    {
        if ($expected !== $actual) {
            throw new RuntimeException('expected ' . json_encode($expected) . ', got ' . json_encode($actual));
        }
    }
}

$failures = 0;
foreach (preg_grep('/^test/', get_class_methods(BotTest::class)) as $name) {
    $test = new BotTest();
    try {
        $test->setUp();
        try {
            $test->$name();
        } finally {
            $test->tearDown();
        }
        echo "ok $name\n";
    } catch (Throwable $problem) {
        $failures++;
        echo "FAILED $name: {$problem->getMessage()}\n";
    }
}
exit($failures ? 1 : 0);
