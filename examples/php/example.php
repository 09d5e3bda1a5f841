<?php
// The least that a program in PHP must do: send an ad, print the credentials that close the gap.
//
//     php examples/php/example.php http://127.0.0.1:50051

require __DIR__ . '/skillgap.php';

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
