using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastVlm.TestKit;
using FastVlm.Web;
using static FastVlm.Silo.Tests.Deployment.DeploymentFiles;

namespace FastVlm.Silo.Tests.Deployment;

/// <summary>What deployment files name exists: files, endpoints, metrics.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Every_file_that_is_named_exists()
    {
        Assert.Empty(Compose.SelectMany(ComposeFiles).Concat(Dockerfiles.SelectMany(CopiedFiles)).Concat(KubernetesFiles())
            .Where(path => !Path.Exists(Path.Combine(Root, path))));
    }

    [Fact]
    public void Every_secret_is_made()
    {
        var script = Read("deploy/new-secrets.sh");
        var services = Services("docker-compose.yml").Values.SelectMany(service => service["secrets"].Items).Select(secret => secret.Text);
        var declared = Yaml("docker-compose.yml").Single()["secrets"].Entries;

        Assert.Equal(services.Distinct().Order(), declared.Keys.Order());
        Assert.All(declared, secret =>
        {
            Assert.Equal($"./deploy/secrets/{secret.Key}", secret.Value["file"].Text);
            Assert.Contains($"\nsecret {secret.Key} ", script, StringComparison.Ordinal);
        });
        Assert.Contains("/deploy/secrets/", Read(".gitignore"), StringComparison.Ordinal);
        Assert.DoesNotContain("!deploy\n", Read(".dockerignore"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_ask_what_a_node_answers()
    {
        var paths = Kubernetes.SelectMany(Yaml).SelectMany(part => part.Walk()).Where(entry => entry.Key == "httpGet")
            .Select(entry => entry.Part["path"].Text)
            .Concat(Dockerfiles.Concat(Compose).SelectMany(path => Regex.Matches(Read(path), @"HEALTH_URL[=:]\s*http://[^/]+(/\S+)"))
                .Select(match => match.Groups[1].Value)).ToList();
        var server = new PlatformServerOptions { Urls = ["http://127.0.0.1:0"] };
        await using var web = await PlatformServer.StartProbesAsync(server, new CollectingLogger(), CancellationToken.None);
        using var client = new HttpClient { BaseAddress = web.Addresses.Single() };

        Assert.True(paths.Count > 10);
        foreach (var path in paths.Distinct())
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, path));
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/health"));
    }

    [Fact]
    public void Boards_and_rules_ask_for_metrics_that_are_written()
    {
        Assert.Equal(2, Boards.Length);
        Assert.True(Boards.SelectMany(Expressions).Count() > 20);
        Assert.Empty(Boards.SelectMany(path => Expressions(path).SelectMany(text => DeploymentRules.UnknownMetrics(path, text))));
        const string Rules = "deploy/prometheus/alerts.yml";
        var alerts = Yaml(Rules).Single().Walk().Where(entry => entry.Key == "expr").Select(entry => entry.Part.Text).ToList();
        Assert.True(alerts.Count >= 8);
        Assert.Empty(alerts.SelectMany(text => DeploymentRules.UnknownMetrics(Rules, text)));
    }

    [Theory]
    [InlineData("sum(fastvlm_camera)", "x: nobody writes fastvlm_camera.")]
    [InlineData("sum(fastvlm_cameras{state=\"alive\"})", "x: no label has the value 'alive'.")]
    [InlineData("sum(fastvlm_frames_total{outcome!=\"not_due\"})", null)]
    public void A_metric_that_nobody_writes_is_reported(string expression, string? complaint) =>
        Assert.Equal(complaint is null ? [] : [complaint], DeploymentRules.UnknownMetrics("x", expression));

    [Fact]
    public void Boards_choose_their_data_source_and_have_no_ids()
    {
        foreach (var path in Boards)
        {
            using var board = JsonDocument.Parse(Read(path));
            Assert.Equal(JsonValueKind.Null, board.RootElement.GetProperty("id").ValueKind);
            var variables = board.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray();
            Assert.Contains(variables, v => v.GetProperty("name").GetString() == "datasource");
            var sources = Regex.Matches(Read(path), @"""type"": ""prometheus"", ""uid"": ""([^""]*)""");
            Assert.Equal(["${datasource}"], sources.Select(match => match.Groups[1].Value).Distinct());
        }
    }

    [Theory]
    [InlineData("check", "config", "--syntax-only", "deploy/prometheus/prometheus.yml")]
    [InlineData("check", "rules", "deploy/prometheus/alerts.yml")]
    [InlineData("test", "rules", "deploy/prometheus/alerts.test.yml")]
    public async Task Prometheus_accepts_its_files(params string[] arguments)
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool"))),
            "promtool is not installed (Debian's package prometheus has it).");

        using var promtool = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var cancelled = TestContext.Current.CancellationToken;
        var output = await promtool.StandardOutput.ReadToEndAsync(cancelled) + await promtool.StandardError.ReadToEndAsync(cancelled);
        await promtool.WaitForExitAsync(cancelled);

        Assert.True(promtool.ExitCode == 0, output);
    }

    private static IEnumerable<string> ComposeFiles(string path)
    {
        foreach (var service in Services(path).Values)
        {
            if (service["build"]["dockerfile"] is { Exists: true } dockerfile)
            {
                yield return dockerfile.Text;
            }

            foreach (var volume in service["volumes"].Items.Where(volume => volume.Text.StartsWith("./", StringComparison.Ordinal)))
            {
                yield return volume.Text.Split(':')[0];
            }
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static IEnumerable<string> CopiedFiles(string path) => Regex
        .Matches(Read(path), @"^COPY (?!--from)(.*) \S+$", RegexOptions.Multiline)
        .SelectMany(match => match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> KubernetesFiles() =>
    [
        .. Yaml("deploy/kubernetes/kustomization.yaml").Single()["resources"].Items.Select(item => $"deploy/kubernetes/{item.Text}"),
        .. Yaml("deploy/prometheus/prometheus.yml").Single()["rule_files"].Items.Select(item => $"deploy/prometheus/{item.Text}"),
    ];

    private static IEnumerable<string> Expressions(string board)
    {
        using var document = JsonDocument.Parse(Read(board));
        return [.. document.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }
}
