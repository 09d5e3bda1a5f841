<?php
// The least that a program in PHP must do: send an ad, print the credentials that close the gap. Needs no package.
//
//     php examples/php/example.php http://127.0.0.1:50051

/** Sends a request to a path of the service, and returns the answer; an error says what is wrong, and where. */
function skillgap(string $url, string $path, array $request): array
{
    $headers = ['Content-Type: application/json'];
    if ($key = getenv('SKILLGAP_KEY')) {
        $headers[] = "X-Api-Key: $key";
    }
    $http = ['method' => 'POST', 'header' => $headers, 'content' => json_encode($request), 'timeout' => 10, 'ignore_errors' => true];
    $body = file_get_contents($url . $path, false, stream_context_create(['http' => $http]));
    if ($body === false) {
        throw new RuntimeException("$url does not answer");
    }
    $answer = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    // An error is google.rpc.Status and a problem (RFC 9457) in one.
    if (isset($answer['status'], $answer['detail'])) {
        throw new RuntimeException("{$answer['status']} {$answer['detail']}");
    }
    return $answer;
}

$url = $argv[1] ?? 'http://127.0.0.1:50051';
$answer = skillgap($url, '/v1/credentials:recommend', [
    'target' => ['ad' => "Your tasks\n- Arrange product displays and sell our products\n- Handle customer complaints"],
    'profile' => ['text' => 'I filled shelves in a supermarket and sometimes helped at the till.'],
    'persona' => 'PERSONA_UNEMPLOYED',
    'topK' => 3,
]);
foreach ($answer['recommendations'] as $one) {
    echo "{$one['title']}: {$one['reasons'][0]}\n";
}
try {
    skillgap($url, '/v1/credentials:recommend', ['target' => ['demand' => []]]);
} catch (RuntimeException $error) {
    echo $error->getMessage(), "\n";
}
