using System.Net;
using System.Text.Json.Nodes;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Web.Tests;

/// <summary>Every answer that the description promises is given at least once, and no other.</summary>
public sealed class ApiTableTests
{
    private const string Camera = """{"name":"NEW","url":"rtsp://10.0.0.9/a"}""";
    private const string Rule = """{"name":"NEW","expression":"part dropped"}""";
    private const string BackTest = """{"rule":{"expression":"part dropped"},"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""";
    private const string Webhook = """{"name":"NEW","url":"https://hooks.example.com/x"}""";

    // Method, path as described, what fills its {id}, body, expected status. In order: later ones see what earlier ones did.
    private static readonly (string Method, string Path, string Fill, string? Body, int Status)[] Table =
    [
        ("DELETE", "/api/cameras/{id}", "cam", null, 409), ("DELETE", "/api/rules/{id}", "rule", null, 409),
        ("GET", "/api/health", "", null, 200), ("GET", "/api/models", "", null, 200), ("GET", "/api/prompt-presets", "", null, 200),
        ("GET", "/api/nodes", "", null, 200),
        ("GET", "/api/session", "", null, 200), ("POST", "/api/session", "", """{"token":"any"}""", 204),
        ("POST", "/api/session", "", "{}", 400), ("DELETE", "/api/session", "", null, 204),
        ("GET", "/api/cameras", "", null, 200), ("POST", "/api/cameras", "", Camera, 201), ("POST", "/api/cameras", "", "{}", 400),
        ("POST", "/api/cameras", "", """{"name":"LINE","url":"rtsp://h/a"}""", 409),
        ("GET", "/api/cameras/{id}", "cam", null, 200), ("GET", "/api/cameras/{id}", "gone", null, 404),
        ("PUT", "/api/cameras/{id}", "cam", """{"name":"line","url":"rtsp://10.0.0.5/b"}""", 200),
        ("PUT", "/api/cameras/{id}", "cam", "{}", 400), ("PUT", "/api/cameras/{id}", "gone", Camera, 404),
        ("PUT", "/api/cameras/{id}", "fileCam", Camera, 409),
        ("PATCH", "/api/cameras/{id}", "cam", """{"prompt":"What?"}""", 200), ("PATCH", "/api/cameras/{id}", "cam", """{"x":1}""", 400),
        ("PATCH", "/api/cameras/{id}", "gone", "{}", 404), ("PATCH", "/api/cameras/{id}", "fileCam", """{"prompt":"What?"}""", 409),
        ("POST", "/api/cameras/{id}/reconnect", "cam", null, 202), ("POST", "/api/cameras/{id}/reconnect", "gone", null, 404),
        ("POST", "/api/cameras/{id}/reconnect", "fileCam", null, 409),
        ("POST", "/api/cameras/test", "", Camera, 200), ("POST", "/api/cameras/test", "", "{}", 400),
        ("POST", "/api/cameras/test?replaces=gone", "", Camera, 404),
        ("GET", "/api/cameras/{id}/picture.jpg", "cam", null, 200), ("GET", "/api/cameras/{id}/picture.jpg", "gone", null, 404),
        ("GET", "/api/cameras/{id}/live/{file}", "cam|index.m3u8", null, 200),
        ("GET", "/api/cameras/{id}/live/{file}", "gone|index.m3u8", null, 404),
        ("GET", "/api/cameras/{id}/captions", "cam", null, 200), ("GET", "/api/cameras/{id}/captions", "gone", null, 404),
        ("GET", "/api/cameras/{id}/captions?limit=0", "cam", null, 400),
        ("GET", "/api/captions?q=part&from=2026-01-01T00:00:00Z&to=2026-02-01&limit=5&before=zzz", "", null, 200),
        ("GET", "/api/captions?from=yesterday", "", null, 400),
        ("GET", "/api/incidents?state=open&kind=rule", "", null, 200), ("GET", "/api/incidents?state=opened", "", null, 400),
        ("GET", "/api/incidents/{id}", "inc", null, 200), ("GET", "/api/incidents/{id}", "gone", null, 404),
        ("GET", "/api/incidents/{id}/pictures/{index}.jpg", "inc|0", null, 200),
        ("GET", "/api/incidents/{id}/pictures/{index}.jpg", "inc|7", null, 404),
        ("POST", "/api/incidents/{id}/acknowledge", "inc", """{"by":"Anna"}""", 200),
        ("POST", "/api/incidents/{id}/acknowledge", "inc", """{"by":5}""", 400),
        ("POST", "/api/incidents/{id}/acknowledge", "gone", null, 404),
        ("POST", "/api/incidents/{id}/verdict", "inc", """{"isTrue":false,"note":"a glove"}""", 200),
        ("POST", "/api/incidents/{id}/verdict", "inc", """{"isTrue":null}""", 200),
        ("POST", "/api/incidents/{id}/verdict", "inc", "{}", 400),
        ("POST", "/api/incidents/{id}/verdict", "gone", """{"isTrue":true}""", 404),
        ("GET", "/api/rules", "", null, 200), ("POST", "/api/rules", "", Rule, 201), ("POST", "/api/rules", "", "{}", 400),
        ("POST", "/api/rules", "", Rule, 409), ("GET", "/api/rules/{id}", "rule", null, 200), ("GET", "/api/rules/{id}", "gone", null, 404),
        ("PUT", "/api/rules/{id}", "rule", """{"name":"dropped","expression":"fire"}""", 200),
        ("PUT", "/api/rules/{id}", "rule", "{}", 400),
        ("PUT", "/api/rules/{id}", "gone", Rule, 404), ("PUT", "/api/rules/{id}", "rule", Rule, 409),
        ("PATCH", "/api/rules/{id}", "rule", """{"enabled":false}""", 200),
        ("PATCH", "/api/rules/{id}", "rule", """{"expression":"and"}""", 400),
        ("PATCH", "/api/rules/{id}", "gone", "{}", 404), ("PATCH", "/api/rules/{id}", "rule", """{"name":"new"}""", 409),
        ("POST", "/api/rules/try", "", """{"rule":{"expression":"part dropped"},"text":"A part dropped."}""", 200),
        ("POST", "/api/rules/try", "", "{}", 400),
        ("POST", "/api/back-tests", "", BackTest, 202), ("POST", "/api/back-tests", "", "{}", 400),
        ("GET", "/api/back-tests/{id}", "bt", null, 200), ("GET", "/api/back-tests/{id}", "gone", null, 404),
        ("DELETE", "/api/back-tests/{id}", "bt", null, 204), ("DELETE", "/api/back-tests/{id}", "gone", null, 404),
        ("GET", "/api/webhooks", "", null, 200), ("POST", "/api/webhooks", "", Webhook, 201), ("POST", "/api/webhooks", "", "{}", 400),
        ("POST", "/api/webhooks", "", Webhook, 409), ("GET", "/api/webhooks/{id}", "ep", null, 200),
        ("GET", "/api/webhooks/{id}", "gone", null, 404),
        ("PUT", "/api/webhooks/{id}", "ep", """{"name":"chat","url":"https://hooks.example.com/***"}""", 200),
        ("PUT", "/api/webhooks/{id}", "ep", """{"name":"chat","url":"https://other.example.com/***"}""", 400),
        ("PUT", "/api/webhooks/{id}", "gone", Webhook, 404), ("PUT", "/api/webhooks/{id}", "ep", Webhook, 409),
        ("PATCH", "/api/webhooks/{id}", "ep", """{"minimumSeverity":"critical"}""", 200),
        ("PATCH", "/api/webhooks/{id}", "ep", """{"secrets":["short"]}""", 400), ("PATCH", "/api/webhooks/{id}", "gone", "{}", 404),
        ("PATCH", "/api/webhooks/{id}", "ep", """{"name":"new"}""", 409),
        ("POST", "/api/webhooks/{id}/rotate-secret", "ep", null, 200), ("POST", "/api/webhooks/{id}/rotate-secret", "gone", null, 404),
        ("POST", "/api/webhooks/{id}/rotate-secret", "fileEp", null, 409),
        ("DELETE", "/api/webhooks/{id}/old-secret", "ep", null, 204), ("DELETE", "/api/webhooks/{id}/old-secret", "gone", null, 404),
        ("POST", "/api/webhooks/{id}/test", "ep", null, 200), ("POST", "/api/webhooks/{id}/test", "gone", null, 404),
        ("POST", "/api/webhooks/{id}/replay", "ep", """{"from":"2026-01-01T00:00:00Z","states":["failed"]}""", 200),
        ("POST", "/api/webhooks/{id}/replay", "ep", """{"states":["lost"]}""", 400),
        ("POST", "/api/webhooks/{id}/replay", "gone", "{}", 404),
        ("GET", "/api/deliveries?state=pending", "", null, 200), ("GET", "/api/deliveries?state=x", "", null, 400),
        ("GET", "/api/deliveries/{id}", "msg", null, 200), ("GET", "/api/deliveries/{id}", "gone", null, 404),
        ("POST", "/api/deliveries/{id}/replay", "msg", null, 200), ("POST", "/api/deliveries/{id}/replay", "gone", null, 404),
        ("GET", "/api/configuration", "", null, 200), ("PUT", "/api/configuration", "", """{"cameras":[]}""", 200),
        ("PUT", "/api/configuration", "", """{"cameras":[{}]}""", 400),
        ("DELETE", "/api/cameras/{id}", "gone", null, 404), ("DELETE", "/api/rules/{id}", "gone", null, 404),
        ("DELETE", "/api/webhooks/{id}", "gone", null, 404), ("DELETE", "/api/webhooks/{id}", "fileEp", null, 409),
        ("DELETE", "/api/webhooks/{id}", "ep", null, 204), ("DELETE", "/api/rules/{id}", "rule", null, 204),
        ("DELETE", "/api/cameras/{id}", "cam", null, 204),
        ("GET", "/api/nothing", "", null, 404), ("DELETE", "/api/health", "", null, 405),
    ];

    [Fact]
    public async Task Every_promised_answer_is_given()
    {
        await using var web = await PlantAsync();
        var complaints = new List<string>();
        var given = new HashSet<(string Method, string Path, string Status)>();
        foreach (var row in Table)
        {
            var path = await FillAsync(web, row.Path, row.Fill);
            using var response = await web.SendRawAsync(new HttpMethod(row.Method), path, row.Body);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            given.Add((row.Method, row.Path.Split('?')[0], $"{row.Status}"));
            if ((int)response.StatusCode != row.Status)
            {
                complaints.Add($"{row.Method} {row.Path} {row.Body}: {(int)response.StatusCode} instead of {row.Status}: {text}");
            }

            if (row.Status >= 400 && !IsProblem(response, text, row.Status))
            {
                complaints.Add($"{row.Method} {row.Path}: the refusal is no problem: {text}");
            }
        }

        // Those below have tests of their own: they come of the same code for every route.
        string[] elsewhere = ["401", "413", "415", "429", "503"];
        complaints.AddRange((await OperationsAsync(web))
            .SelectMany(operation => operation.Statuses.Except(elsewhere).Select(status => (operation.Method, operation.Path, status)))
            .Where(promise => !given.Contains(promise) && promise.Path != "/api/webhooks/{id}/replay"
                && promise != ("DELETE", "/api/webhooks/{id}/old-secret", "409")
                && promise != ("POST", "/api/deliveries/{id}/replay", "409"))
            .Select(promise => $"{promise} was promised and never given"));
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));
    }

    [Fact]
    public async Task A_disabled_webhook_is_not_sent_to_again()
    {
        await using var web = await PlantAsync();
        web.Webhooks.IsDisabled = true;

        Assert.Equal(HttpStatusCode.Conflict, (await web.PostAsync(await FillAsync(web, "/api/webhooks/{id}/replay", "ep"), "{}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await web.PostAsync("/api/deliveries/msg_1/replay")).Status);
        var old = await FillAsync(web, "/api/webhooks/{id}/old-secret", "fileEp");
        await web.Desk.ImportAsync(TwoSecrets(), EntryOrigin.File, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Conflict, (await web.SendAsync(HttpMethod.Delete, old)).Status);
    }

    [Fact]
    public async Task Bodies_of_other_kinds_and_sizes_are_refused_everywhere()
    {
        await using var web = await PlantAsync();
        var operations = (await OperationsAsync(web)).Where(operation => operation.Statuses.Contains("415")).ToArray();

        Assert.NotEmpty(operations);
        foreach (var operation in operations)
        {
            var request = new HttpRequestMessage(new HttpMethod(operation.Method), await FillAsync(web, operation.Path, "cam"))
            {
                Content = new StringContent("{}", null, "text/plain"),
            };
            using var response = await web.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.UnsupportedMediaType, $"{operation}: {response.StatusCode}");
        }

        var large = $$"""{"name":"{{new string('x', 9 * 1024 * 1024)}}"}""";
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await web.PostAsync("/api/cameras", large)).Status);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_told_with_a_time_to_try_again_and_health_still_answers()
    {
        await using var web = await PlantAsync();
        web.Store.IsBroken = web.History.IsBroken = true;

        foreach (var path in (string[])["/api/captions", "/api/incidents", "/api/incidents/inc_1", "/api/deliveries", "/api/webhooks"])
        {
            using var response = await web.SendRawAsync(HttpMethod.Get, path);
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path}: {response.StatusCode}");
            Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter!.Delta);
        }

        var (status, problem) = await web.PostAsync("/api/cameras", Camera);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("full", (string?)problem!["detail"], StringComparison.Ordinal);
        var health = (await web.GetAsync("/api/health")).Body!;
        Assert.Equal("degraded", (string?)health["status"]);
        Assert.Equal(-1, (int?)health["incidentsOpen"]);
        Assert.Contains("damaged", (string?)health["problems"]![0], StringComparison.Ordinal);
        using var live = await web.SendRawAsync(HttpMethod.Get, await FillAsync(web, "/api/cameras/{id}/live/broken.m3u8", "cam"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.StatusCode);
    }

    [Fact]
    public async Task Secrets_are_in_no_answer_but_the_one_that_makes_them()
    {
        await using var web = await PlantAsync();
        string[] secrets =
        [
            "geheim", "abc123", "pathsecret",
            .. web.Desk.Current.Endpoints.SelectMany(e => e.Spec.Secrets).Select(s => s.Reveal()),
        ];
        Assert.Contains("abc123", web.Desk.Current.Cameras[0].Spec.Url.Reveal(), StringComparison.Ordinal);
        var texts = new List<string>();
        foreach (var row in Table.Where(row => !row.Path.EndsWith("rotate-secret", StringComparison.Ordinal) && row.Method != "DELETE"))
        {
            using var response = await web.SendRawAsync(new HttpMethod(row.Method), await FillAsync(web, row.Path, row.Fill), row.Body);
            texts.Add($"{row.Method} {row.Path}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        }

        Assert.DoesNotContain(texts, text => secrets.Any(secret => text.Contains(secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(web.Log.Lines.Items, line => secrets.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
    }

    private static async Task<WebFixture> PlantAsync()
    {
        var web = await WebFixture.StartAsync();
        var camera = await web.Desk.Cameras.AddAsync(
            new CameraSpec { Name = "line", Url = new CameraUrl("rtsp://admin:geheim@10.0.0.5/a?token=abc123") }, CancellationToken.None);
        var rule = await web.Desk.Rules.AddAsync(
            new RuleSpec { Name = "dropped", Expression = "part dropped", Cameras = new() { Ids = [camera.Entry!.Id] } },
            CancellationToken.None);
        var endpoint = await web.Desk.Endpoints.AddAsync(
            new EndpointSpec { Name = "chat", Url = new CameraUrl("https://hooks.example.com/T/pathsecret"), Rules = [rule.Entry!.Id] },
            CancellationToken.None);
        await web.Desk.ImportAsync(TwoSecrets(), EntryOrigin.File, CancellationToken.None);
        web.Cameras.Reports[camera.Entry.Id] = new CameraReport
        {
            Status = new CameraStatus { CameraId = camera.Entry.Id, State = CameraState.Live, Since = DateTimeOffset.UnixEpoch },
        };
        web.Cameras.Pictures[(camera.Entry.Id, null)] = new CameraPicture(null, DateTimeOffset.UnixEpoch, [1]);
        web.Cameras.Files[(camera.Entry.Id, "index.m3u8")] = new LiveVideoFile("application/vnd.apple.mpegurl", new byte[] { 35 });
        web.Webhooks.Known.Add(endpoint.Entry!.Id);
        web.History.Fill(camera.Entry.Id, endpoint.Entry.Id);
        return web;
    }

    private static ConfigurationDocument TwoSecrets() => new()
    {
        Cameras = [new CameraSpec { Name = "file", Url = new CameraUrl("rtsp://10.0.0.7/a"), Enabled = false }],
        Endpoints =
        [
            new EndpointSpec
            {
                Name = "file",
                Url = new CameraUrl("https://hooks.example.com/T/pathsecret"),
                Secrets = [new SecretText("whsec_" + new string('A', 43) + "="), new SecretText("whsec_" + new string('B', 43) + "=")],
            },
        ],
    };

    /// <summary>Puts real ids into a path.</summary>
    private static async Task<string> FillAsync(WebFixture web, string path, string fill)
    {
        var parts = fill.Split('|');
        var id = parts[0] switch
        {
            "cam" => web.Desk.Cameras.List().FirstOrDefault(c => c.Spec.Name == "line")?.Id.Value,
            "fileCam" => web.Desk.Cameras.List().First(c => c.Spec.Name == "file").Id.Value,
            "rule" => web.Desk.Rules.List().FirstOrDefault(r => r.Spec.Name == "dropped")?.Id.Value,
            "ep" => web.Desk.Endpoints.List().FirstOrDefault(e => e.Spec.Name == "chat")?.Id.Value,
            "fileEp" => web.Desk.Endpoints.List().First(e => e.Spec.Name == "file").Id.Value,
            "bt" => (string?)(await web.PostAsync("/api/back-tests", BackTest)).Body!["id"],
            "inc" => "inc_1",
            "msg" => "msg_1",
            var other => other,
        };
        return path.Replace("{id}", id ?? "gone", StringComparison.Ordinal)
            .Replace("{file}", parts[^1], StringComparison.Ordinal).Replace("{index}", parts[^1], StringComparison.Ordinal);
    }

    private static bool IsProblem(HttpResponseMessage response, string text, int status) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && JsonNode.Parse(text) is { } problem && (int?)problem["status"] == status && !string.IsNullOrEmpty((string?)problem["detail"]);

    private static async Task<IReadOnlyList<(string Method, string Path, string[] Statuses)>> OperationsAsync(WebFixture web) =>
    [
        .. (await web.GetAsync("/openapi/v1.json")).Body!["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation =>
            (operation.Key.ToUpperInvariant(), path.Key, operation.Value!["responses"]!.AsObject().Select(r => r.Key).ToArray()))),
    ];
}
