<?php
// What a job board shows below an ad: three courses at most, as a piece of HTML. Nothing, if there are none or the service is away.
//
//     php examples/php/job_board.php http://127.0.0.1:50051 < ad.txt

require __DIR__ . '/skillgap.php';

/** The courses below an ad. A page waits for them a second at most, and is shown without them then. */
function courses_below(string $url, string $ad): string
{
    try {
        $answer = skillgap($url, '/v1/credentials:recommend', ['target' => ['ad' => $ad], 'topK' => 3, 'languageCode' => 'en'], seconds: 1);
    } catch (RuntimeException | JsonException $error) {
        error_log($error->getMessage());
        return '';
    }
    if ($answer['recommendations'] === []) {
        return '';
    }
    $html = "<aside>\n<h2>Courses that may help with this job</h2>\n<ul>\n";
    foreach ($answer['recommendations'] as $one) {
        $html .= '<li>' . htmlspecialchars($one['title']) . "\n";
        // The first reason says how much it closes, and what of that is an estimate. It belongs beside the title.
        $html .= '  <p>' . htmlspecialchars($one['reasons'][0]) . "</p>\n";
        if (in_array('CREDENTIAL_FACT_COST', $one['notStated'], true)) {
            $html .= "  <p>The price is not stated: ask before you sign up.</p>\n";
        }
        $html .= "</li>\n";
    }
    return $html . "</ul>\n</aside>\n";
}

echo courses_below($argv[1] ?? 'http://127.0.0.1:50051', stream_get_contents(STDIN));
