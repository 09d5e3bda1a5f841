<?php
// Calls of the service from PHP. Needs no package.

/** Sends a request to a path of the service, and returns the answer; an error says what is wrong, and where. */
function skillgap(string $url, string $path, array $request, float $seconds = 10): array
{
    $headers = ['Content-Type: application/json'];
    if ($key = getenv('SKILLGAP_KEY')) {
        $headers[] = "X-Api-Key: $key";
    }
    $http = ['method' => 'POST', 'header' => $headers, 'content' => json_encode($request), 'timeout' => $seconds, 'ignore_errors' => true];
    $body = @file_get_contents($url . $path, false, stream_context_create(['http' => $http]));
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
