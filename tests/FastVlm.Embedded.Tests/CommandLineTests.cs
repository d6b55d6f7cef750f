using System.Text.Json;
using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

/// <summary>What holds for every command.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Help_names_every_command()
    {
        var help = await RunAsync("--help");

        help.AssertSucceeded();
        var text = string.Join('\n', help.Lines);
        Assert.All(["watch", "predict", "models"], command => Assert.Contains($"  {command}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_group_without_a_command_shows_its_help()
    {
        var help = await RunAsync("models");

        help.AssertSucceeded();
        Assert.Contains("pull", string.Join('\n', help.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'wach'", "wach")]
    [InlineData("'watch'", "watch")]
    [InlineData("--image-file", "predict")]
    [InlineData("'nope'", "models", "nope")]
    [InlineData("'int9'", "models", "export", "--checkpoint", "x", "--out", "y", "--dtype", "int9")]
    [InlineData("'hot'", "predict", "--image-file", "x.jpg", "--temperature", "hot")]
    public async Task A_mistyped_command_is_one_sentence_and_exit_code_2(string named, params string[] arguments)
    {
        var refused = await RunAsync(arguments);

        refused.AssertFailed(FailureKind.Usage, named);
        Assert.Contains("--help", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Lines);
    }

    [Fact]
    public async Task With_json_an_error_is_a_line_too()
    {
        var refused = await RunAsync("models", "verify", "no-such-model", "--json");

        refused.AssertFailed(FailureKind.ModelInvalid, "no-such-model");
        var line = Assert.Single(refused.Events);
        Assert.Equal("error", line.GetProperty("type").GetString());
        Assert.Equal("modelInvalid", line.GetProperty("kind").GetString());
        Assert.Equal(3, line.GetProperty("exitCode").GetInt32());
        Assert.Contains(line.GetProperty("message").GetString()!, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exit_code_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Root, "docs", "cli.md"));

        Assert.All(Enum.GetValues<FailureKind>(), kind =>
            Assert.Contains(
                $"| {(int)kind} | `{JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())}` |", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("predict")]
    [InlineData("models pull")]
    [InlineData("models import")]
    [InlineData("models export")]
    [InlineData("models synth")]
    public async Task Every_option_is_documented(string command)
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFolder.Root, "docs", "cli.md"), TestContext.Current.CancellationToken);
        var help = await RunAsync([.. command.Split(' '), "--help"]);

        var options = help.Lines
            .Where(line => line.StartsWith("  -", StringComparison.Ordinal))
            .Select(
                line => line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).First(
                    word => word.StartsWith("--", StringComparison.Ordinal)))
            .Except(["--help", "--verbose", "--json"])
            .Select(option => option.Replace("--top-p", "--top_p", StringComparison.Ordinal))
            .Select(option => option.Replace("--num-beams", "--num_beams", StringComparison.Ordinal))
            .Select(option => option.Replace("--accept-license", "--accept-licence", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains(option, page, StringComparison.Ordinal));
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => FastVlmProcess.RunAsync(home.FullPath, arguments);
}
