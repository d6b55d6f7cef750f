using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests.Platform;

/// <summary>The first visit of a user: a real browser, the shipped model and cameras, a real receiver.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task A_rule_made_in_the_browser_opens_an_incident_with_evidence_and_a_signed_webhook_arrives()
    {
        await using var platform = await PlatformProcess.StartAsync("--demo");
        await using var receiver = new FastVlm.TestKit.WebhookReceiver();

        var seen = await VisitAsync(platform.Address, receiver.Address);

        var secret = seen.GetProperty("secret").GetString()!;
        var incident = seen.GetProperty("incident").GetString()!;
        var opened = await receiver.Requests.WaitForAsync(
            request => Body(request)["type"]!.GetValue<string>() == "incident.opened"
                && Body(request).ToJsonString().Contains(incident, StringComparison.Ordinal),
            "the opening of the rule's incident");
        var signed = Encoding.UTF8.GetBytes(
            $"{opened.Headers["webhook-id"]}.{opened.Headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(opened.Body)}");
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), opened.Headers["webhook-signature"]);
        await receiver.Requests.WaitForAsync(
            request => Body(request)["type"]!.GetValue<string>() == "incident.acknowledged", "the acknowledgement");
    }

    private static JsonNode Body(ReceivedRequest request) => JsonNode.Parse(request.Body)!;

    private static async Task<JsonElement> VisitAsync(Uri address, Uri receiver)
    {
        var script = Path.Combine(RepositoryFolder.Root, "tests", "node", "dashboard.mjs");
        string[] arguments = [script, address.AbsoluteUri.TrimEnd('/'), receiver.AbsoluteUri];
        string[] all = Environment.GetEnvironmentVariable("FASTVLM_PICTURES") is { } pictures ? [.. arguments, pictures] : arguments;
        var start = new ProcessStartInfo("node", all) { RedirectStandardOutput = true, RedirectStandardError = true };

        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, $"The visit failed: {await error}");
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
