using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using FastVlm.Web.Files;

namespace FastVlm.Web.Tests;

/// <summary>What the pages show is done.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public async Task The_commands_of_the_API_page_succeed()
    {
        await using var web = await WebFixture.StartAsync();
        var blocks = Blocks().Matches(await ReadAsync("api.md")).Where(block => block.Groups["kind"].Value == "sh").ToArray();
        var commands = string.Join('\n', blocks.Select(block => block.Groups["text"].Value))
            .Replace("http://localhost:8080", web.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);

        var script = "set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body --noproxy '*' \"$@\"; }\n" + commands;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).Within("the end of the commands");
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(bash.ExitCode == 0, $"{errors}\n{await output}");
        Assert.Equal(0.5, web.Desk.Cameras.List().Single().Spec.Sampling.RatePerSecond);
        Assert.Single(web.Desk.Rules.List());
        Assert.Single(web.Desk.Endpoints.List());
        Assert.Contains("\"isMatch\":true", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_configuration_page_is_taken()
    {
        await using var web = await WebFixture.StartAsync();
        var example = Blocks().Matches(await ReadAsync("configuration.md")).Single(block => block.Groups["kind"].Value == "yaml");
        var secret = EndpointSecrets.Generate().Reveal();

        var (document, errors) = ConfigurationText.Read(
            YamlText.Parse(example.Groups["text"].Value), name => name == "LINE_CONTROL_SECRET" ? secret : "geheim");
        var change = await web.Desk.ImportAsync(document, EntryOrigin.File, CancellationToken.None);

        Assert.Empty(errors);
        Assert.Empty(change.Errors);
        Assert.Equal((2, 2, 2), (web.Desk.Cameras.List().Count, web.Desk.Rules.List().Count, web.Desk.Endpoints.List().Count));
    }

    private static Task<string> ReadAsync(string page)
    {
        var metadata = typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        var root = metadata.First(attribute => attribute.Key == "RepositoryRoot").Value!;
        return File.ReadAllTextAsync(Path.Combine(root, "docs", page), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"^```(?<kind>[a-z]+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
