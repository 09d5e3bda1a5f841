/*
 * The least that a program in Java must do: send an ad, print the credentials that close the gap. The client is made from the description of the
 * service (GET /openapi.json) by openapi-generator; docs/clients.md has the commands.
 */

import java.util.List;
import skillgap.ApiClient;
import skillgap.ApiException;
import skillgap.api.MatchingServiceApi;
import skillgap.model.Persona;
import skillgap.model.Problem;
import skillgap.model.Profile;
import skillgap.model.RecommendCredentialsRequest;
import skillgap.model.Recommendation;
import skillgap.model.Target;

public class Example {
    public static void main(String[] arguments) throws ApiException, java.io.IOException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments.length > 0 ? arguments[0] : "http://127.0.0.1:50051");
        String key = System.getenv("SKILLGAP_KEY");
        if (key != null) {
            client.setRequestInterceptor(request -> request.header("x-api-key", key));
        }
        MatchingServiceApi matching = new MatchingServiceApi(client);
        RecommendCredentialsRequest request = new RecommendCredentialsRequest()
            .target(new Target().ad("Your tasks\n- Arrange product displays and sell our products\n- Handle customer complaints"))
            .profile(new Profile().text("I filled shelves in a supermarket and sometimes helped at the till."))
            .persona(Persona.PERSONA_UNEMPLOYED)
            .topK(3L);
        for (Recommendation one : matching.recommendCredentials(request).getRecommendations()) {
            System.out.println(one.getTitle() + ": " + one.getReasons().get(0));
        }
        try {
            matching.recommendCredentials(new RecommendCredentialsRequest().target(new Target().demand(List.of())));
        } catch (ApiException error) {
            // The body of every error is a Problem: what is wrong, and where.
            Problem problem = ApiClient.createDefaultObjectMapper().readValue(error.getResponseBody(), Problem.class);
            System.out.println(problem.getStatus() + " " + problem.getDetail());
        }
    }
}
