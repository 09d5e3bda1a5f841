/*
 * A feed of ads over REST, with nothing but the JDK: a request a line goes in, an answer a line comes out, in the same order, as they come.
 *
 *     java examples/java/Feed.java http://127.0.0.1:50051 requests.ndjson > answers.ndjson
 */

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;

public class Feed {
    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(arguments[0] + "/v1/credentials:stream"))
            .header("content-type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofFile(Path.of(arguments[1])));
        String key = System.getenv("SKILLGAP_KEY");
        if (key != null) {
            request.header("x-api-key", key);
        }
        HttpResponse<Stream<String>> answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
        // What stops the whole feed has a status of its own; what is wrong with one request stands in its line, as "error".
        if (answer.statusCode() != 200) {
            answer.body().forEach(System.err::println);
            System.exit(1);
        }
        answer.body().forEach(System.out::println);
    }
}
