using System.Globalization;
using System.Text.RegularExpressions;
using FastVlm.Grains;
using FastVlm.Silo.Commands;
using static FastVlm.Silo.Tests.Deployment.DeploymentFiles;

namespace FastVlm.Silo.Tests.Deployment;

/// <summary>The files under deploy, docker-compose and dashboards agree with the program and with each other.</summary>
public sealed partial class DeploymentTests
{
    private const string WebPort = "8080";
    private const string SiloPort = "11111";

    /// <summary>Handing over, then what is open is closed: the host's own limit is 30 s.</summary>
    private static readonly TimeSpan StopsWithin = ClusterLimits.HandOverWithin + TimeSpan.FromSeconds(40);

    private static IEnumerable<YamlPart> Pods => Kubernetes.SelectMany(Yaml)
        .Where(part => part["kind"].Text == "StatefulSet").Select(part => part["spec"]["template"]["spec"]);

    private static IEnumerable<YamlPart> Silos =>
        Services("docker-compose.yml").Values.Where(service => service["environment"]["FASTVLM_NAME"].Exists);

    [Fact]
    public void All_yaml_can_be_read()
    {
        var files = Directory.GetFiles(Path.Combine(Root, "deploy"), "*.y*ml", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(Root, "dashboards"), "*.yml", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Root, "docker-compose*.yml")).Select(path => Path.GetRelativePath(Root, path)).ToArray();

        Assert.True(files.Length > 15);
        Assert.All(files, path => Assert.All(Yaml(path), part => Assert.True(part.Exists, path)));
        Assert.All(Kubernetes.SelectMany(Yaml), part => Assert.True(part["kind"].Exists && part["apiVersion"].Exists));
    }

    [Fact]
    public void Every_variable_is_an_option_of_the_program()
    {
        Assert.Contains("FASTVLM_SILO_ADDRESS", DeploymentRules.Variables);
        Assert.Empty(WithOptions.SelectMany(path => DeploymentRules.UnknownVariables(path, Read(path))));
    }

    [Fact]
    public void A_variable_that_is_no_option_is_reported() => Assert.Equal(
        ["x.yml: FASTVLM_SILO_ADRESS is no option of fastvlm-silo run."],
        DeploymentRules.UnknownVariables("x.yml", "FASTVLM_SILO_ADRESS: silo-1\nFASTVLM_NAME: silo-1\n"));

    [Fact]
    public void Secrets_are_files()
    {
        Assert.Empty(Compose.SelectMany(path => Services(path).Values.SelectMany(
            service => DeploymentRules.OpenSecrets(path, Pairs(service["environment"])))));
        Assert.Empty(Kubernetes.SelectMany(path => Yaml(path).SelectMany(part => DeploymentRules.OpenSecrets(
            path, Pairs(part["data"]).Concat(part.Walk().Where(e => e.Key == "env").SelectMany(e => e.Part.Items)
                .Select(v => (v["name"].Text, v["value"].Text)))))));
        Assert.DoesNotContain(Kubernetes.SelectMany(Yaml).SelectMany(part => part.Walk()), e => e.Key is "secretKeyRef" or "secretRef");
        Assert.DoesNotContain(Kubernetes.SelectMany(Yaml), part => part["kind"].Text == "Secret");
        Assert.Empty(Systemd.Append("deploy/compose.env.example").Concat(Dockerfiles).SelectMany(path => DeploymentRules.OpenSecrets(
            path, Assignment().Matches(Read(path)).Select(match => (match.Groups[1].Value, match.Groups[2].Value)))));
        var commands = Compose.SelectMany(path => Services(path).Values).SelectMany(s => s["command"].Items.Concat(s["entrypoint"].Items));
        Assert.DoesNotContain(commands, part => Regex.IsMatch(part.Text, "(?i)password|token="));
    }

    [Theory]
    [InlineData("FASTVLM_ACCESS_TOKEN", "abc", "x: FASTVLM_ACCESS_TOKEN holds a secret; give a file.")]
    [InlineData("DATABASE", "Host=db;Password=abc", "x: the value of DATABASE holds a password.")]
    [InlineData("CAMERA", "rtsp://a:b@10.0.0.5/s", "x: the value of CAMERA holds a password.")]
    [InlineData("POSTGRES_PASSWORD_FILE", "/run/secrets/p", null)]
    public void An_open_secret_is_reported(string name, string value, string? complaint) =>
        Assert.Equal(complaint is null ? [] : [complaint], DeploymentRules.OpenSecrets("x", [(name, value)]));

    [Fact]
    public void Ports_agree()
    {
        var port = RunOptionSet.All.OfType<System.CommandLine.Option<int>>().Single(option => option.Name == "--silo-port");
        Assert.Equal(SiloPort, new System.CommandLine.RootCommand { port }.Parse([]).GetValue(port).ToString(CultureInfo.InvariantCulture));
        foreach (var path in Dockerfiles)
        {
            Assert.Contains($"EXPOSE {WebPort} {SiloPort}", Read(path), StringComparison.Ordinal);
            Assert.Contains($"FASTVLM_URLS=http://0.0.0.0:{WebPort} ", Read(path), StringComparison.Ordinal);
            Assert.Contains($"HEALTH_URL=http://127.0.0.1:{WebPort}/healthz", Read(path), StringComparison.Ordinal);
        }

        var published = Services("docker-compose.override.yml")["web"]["ports"].Items.Single().Text;
        Assert.EndsWith($":{WebPort}", published, StringComparison.Ordinal);
        var targets = Yaml("deploy/prometheus/prometheus.yml").Single()["scrape_configs"].Items
            .SelectMany(job => job["static_configs"].Items).SelectMany(c => c["targets"].Items).Select(target => target.Text);
        Assert.Equal(Silos.Select(silo => $"{silo["environment"]["FASTVLM_SILO_ADDRESS"].Text}:{WebPort}").Order(), targets.Order());

        var settings = Yaml("deploy/kubernetes/configmap.yaml").Single()["data"];
        Assert.Equal(SiloPort, settings["FASTVLM_SILO_PORT"].Text);
        Assert.EndsWith($":{WebPort}", settings["FASTVLM_URLS"].Text, StringComparison.Ordinal);
        Assert.All(Pods, pod => Assert.Equal(
            [("http", WebPort), ("silo", SiloPort)],
            pod["containers"].Items.Single()["ports"].Items.Select(port => (port["name"].Text, port["containerPort"].Text))));
        var others = Yaml("deploy/kubernetes/services.yaml").Concat(Yaml("deploy/kubernetes/network-policies.yaml"))
            .SelectMany(part => part.Walk()).Where(entry => entry.Key == "port" && entry.Part.Text is not ("53" or "5432"));
        Assert.All(others, entry => Assert.Contains(entry.Part.Text, (string[])[WebPort, SiloPort]));
    }

    [Fact]
    public void Hosts_on_one_machine_have_a_name_and_an_address_each()
    {
        var services = Services("deploy/compose.host.yml");

        Assert.Equal(Services("docker-compose.yml").Keys.Order(), services.Keys.Order());
        foreach (var (name, service) in services)
        {
            var addresses = service["extra_hosts"].Items
                .Select(host => host.Text.Split(':')).ToDictionary(host => host[0], host => host[1]);
            Assert.Equal(services.Keys.Order(), addresses.Keys.Order());
            var own = service["command"].Items.Concat(service["environment"].Entries.Values).Select(part => part.Text);
            Assert.Contains(own, text => Regex.IsMatch(text, $@"(^|=|/){Regex.Escape(addresses[name])}(:\d|$)"));
        }
    }

    [Fact]
    public void Images_run_without_root()
    {
        Assert.Empty(DeploymentRules.RootImages("deploy/Dockerfile", Read("deploy/Dockerfile"), "silo", "demo-camera"));
        Assert.Empty(DeploymentRules.RootImages("deploy/Dockerfile.cuda", Read("deploy/Dockerfile.cuda")));
        Assert.All(Pods, pod => Assert.Equal("true", pod["securityContext"]["runAsNonRoot"].Text));
        Assert.All(Silos, silo => Assert.Equal(("true", "ALL"), (silo["read_only"].Text, silo["cap_drop"].Items.Single().Text)));
        Assert.All(Pods, pod =>
        {
            var container = pod["containers"].Items.Single()["securityContext"];
            Assert.Equal(("true", "false"), (container["readOnlyRootFilesystem"].Text, container["allowPrivilegeEscalation"].Text));
            Assert.Equal("ALL", container["capabilities"]["drop"].Items.Single().Text);
        });
    }

    [Theory]
    [InlineData("FROM a AS build\nFROM b AS silo\nRUN x\n")]
    [InlineData("FROM a AS silo\nUSER root\n")]
    public void An_image_that_runs_as_root_is_reported(string dockerfile) =>
        Assert.Equal(["x: the image 'silo' runs as root."], DeploymentRules.RootImages("x", dockerfile, "silo"));

    [Fact]
    public void A_node_that_stops_gets_its_time()
    {
        Assert.All(Silos, silo => Assert.True(Seconds(silo["stop_grace_period"].Text) >= StopsWithin));
        Assert.All(Pods, pod => Assert.True(Seconds(pod["terminationGracePeriodSeconds"].Text) >= StopsWithin));
        var unit = Regex.Match(Read(Systemd[0]), "^TimeoutStopSec=(.*)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.True(Seconds(unit) >= StopsWithin);

        // Otherwise systemd would end every ffmpeg at once, and the cameras with them.
        Assert.Contains("\nKillMode=mixed\n", Read(Systemd[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_have_names_and_addresses_of_their_own_and_no_variables_of_services()
    {
        Assert.Equal(3, Pods.Count());
        Assert.All(Pods, pod =>
        {
            Assert.Equal("false", pod["enableServiceLinks"].Text);
            var env = pod["containers"].Items.Single()["env"].Items
                .ToDictionary(v => v["name"].Text, v => v["valueFrom"]["fieldRef"]["fieldPath"].Text);
            Assert.Equal(("metadata.name", "status.podIP"), (env["FASTVLM_NAME"], env["FASTVLM_SILO_ADDRESS"]));
        });
        var budgets = Yaml("deploy/kubernetes/disruption-budgets.yaml").Select(part => part["spec"])
            .Select(spec => (spec["selector"]["matchLabels"]["app.kubernetes.io/component"].Text, spec["maxUnavailable"].Text));
        Assert.Equal([("gpu", "1"), ("camera", "1"), ("web", "1")], budgets);
    }

    private static IEnumerable<(string, string)> Pairs(YamlPart map) => map.Entries.Select(entry => (entry.Key, entry.Value.Text));

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\b([A-Z][A-Z_]+)=(\S+)")]
    private static partial Regex Assignment();
}
