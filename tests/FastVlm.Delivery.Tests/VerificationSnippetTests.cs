using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;

namespace FastVlm.Delivery.Tests;

/// <summary>What docs/webhooks.md tells receivers to do, done to what the platform really sends.</summary>
public sealed class VerificationSnippetTests
{
    private const string NodeHarness = """

        for await (const line of (await import("node:readline")).createInterface({ input: process.stdin })) {
          const { secret, headers, body } = JSON.parse(line);
          console.log(isGenuine(secret, headers, Buffer.from(body, "base64")));
        }
        """;

    private const string PythonHarness = """

        import json, sys
        for line in sys.stdin:
            case = json.loads(line)
            print(str(is_genuine(case["secret"], case["headers"], base64.b64decode(case["body"]))).lower())
        """;

    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "webhooks.md"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_Node_snippet_tells_genuine_messages_from_others() =>
        await AssertTellsAsync(cases => RunAsync("node", "check.mjs", SnippetOf("js") + NodeHarness, cases));

    [Fact]
    public async Task The_Python_snippet_tells_genuine_messages_from_others() =>
        await AssertTellsAsync(cases => RunAsync("python3", "check.py", SnippetOf("python") + PythonHarness, cases));

    [Fact]
    public async Task The_CSharp_snippet_tells_genuine_messages_from_others()
    {
        var source = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "tests", "FastVlm.Delivery.Tests", "WebhookVerification.cs"), Stop);
        Assert.EndsWith(SnippetOf("csharp"), source, StringComparison.Ordinal);
        var now = TimeProvider.System.GetUtcNow();

        await AssertTellsAsync(cases => Task.FromResult<IReadOnlyList<bool>>(
            [.. cases.Select(one => WebhookVerification.IsGenuine(one.Secret, one.Headers, one.Body, now))]));
    }

    private static string SnippetOf(string language)
    {
        var begin = Guide.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return Guide[begin..Guide.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static async Task AssertTellsAsync(Func<IReadOnlyList<Message>, Task<IReadOnlyList<bool>>> verify)
    {
        var (secret, old) = (WebhookSecret.Generate(), WebhookSecret.Generate());
        var sent = await SendAsync(secret, old);
        var stale = TimeProvider.System.GetUtcNow().AddMinutes(-6);
        (string Name, Message Message, bool IsGenuine)[] cases =
        [
            ("as it came", sent, true),
            ("with the old secret of a rotation", sent with { Secret = old }, true),
            ("with another secret", sent with { Secret = WebhookSecret.Generate() }, false),
            ("with another body", sent with { Body = [.. sent.Body, (byte)' '] }, false),
            ("with another id", sent.With("webhook-id", "msg_other"), false),
            ("with a younger time", sent.With("webhook-timestamp", $"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60}"), false),
            ("with another signature", sent.With("webhook-signature", "v1,AAAA v2,BBBB"), false),
            ("signed six minutes ago", sent
                .With("webhook-timestamp", $"{stale.ToUnixTimeSeconds()}")
                .With("webhook-signature", WebhookSecret.Parse(secret).Sign(sent.Headers["webhook-id"], stale, sent.Body)), false),
        ];

        var found = await verify([.. cases.Select(one => one.Message)]);

        Assert.Equal(cases.Select(one => $"{one.Name}: {one.IsGenuine}"), cases.Zip(found, (one, is_) => $"{one.Name}: {is_}"));
    }

    private static async Task<Message> SendAsync(string secret, string old)
    {
        await using var receiver = new WebhookReceiver();
        var sender = new WebhookSender(new WebhookSenderOptions { AllowLoopback = true }, TimeProvider.System);
        var delivery = new Pipeline.Alerts.Delivery
        {
            Id = new("msg_1"),
            EndpointId = new("ep_1"),
            EventType = WebhookEventNames.Test,
            Payload = "{\"text\":\"größer\"}",
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        var spec = new EndpointSpec { Name = "ep", Url = new(receiver.Address.AbsoluteUri), Secrets = [new(secret), new(old)] };
        Assert.Equal(WebhookAnswer.Accepted, (await sender.SendAsync(delivery, spec, Stop)).Answer);
        var request = Assert.Single(receiver.Requests.Items);
        return new Message(secret, request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value), request.Body);
    }

    private static async Task<IReadOnlyList<bool>> RunAsync(string program, string name, string text, IReadOnlyList<Message> cases)
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File(name), text, Stop);
        using var process = Process.Start(new ProcessStartInfo(program, [folder.File(name)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        })!;
        foreach (var message in cases)
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(message, JsonSerializerOptions.Web));
        }

        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(Stop);
        var said = await process.StandardOutput.ReadToEndAsync(Stop).Within("the snippet's verdicts");
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, await errors);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(bool.Parse)];
    }

    private sealed record Message(string Secret, Dictionary<string, string> Headers, byte[] Body)
    {
        public Message With(string header, string value) =>
            this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
    }
}
