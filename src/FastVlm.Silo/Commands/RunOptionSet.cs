using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Members;
using FastVlm.Pipeline;

namespace FastVlm.Silo.Commands;

/// <summary>The options of <c>fastvlm-silo run</c>.</summary>
internal static class RunOptionSet
{
    private static readonly Option<string> Name = SiloOption.Text(
        "--name", "This node's name: unique in the cluster, the same after a restart.", Environment.MachineName.ToLowerInvariant());

    private static readonly Option<string> Roles = SiloOption.Text(
        "--roles", "What this node does: camera, gpu, web, several with ',', or all.", "all", "ROLES");

    private static readonly Option<string> Cluster = SiloOption.Text(
        "--cluster", "Nodes with the same cluster and database find each other.", "fastvlm");

    private static readonly Option<string?> DatabaseFile = SiloOption.Optional(
        "--database-file", "A file whose first line opens the database: Host=db;Database=fastvlm;Username=…;Password=…", "FILE");

    private static readonly Option<string> SecretsKeyFile = SiloOption.Text(
        "--secrets-key-file", "The key of the secrets in the database, the same file on every node.", "secrets.key", "FILE");

    private static readonly Option<string> Address = SiloOption.Text(
        "--silo-address", "IP address or host name of this node as the others reach it.", "127.0.0.1", "ADDRESS");

    private static readonly Option<string?> ListenAddress = SiloOption.Optional(
        "--silo-listen", "IP address to listen on for the other nodes (default: the silo address).", "ADDRESS");

    private static readonly Option<int> SiloPort = SiloOption.Number("--silo-port", "Port for the other nodes.", 11111);

    private static readonly Option<int> DetectFailureSeconds = SiloOption.Number(
        "--detect-failure-seconds", "How long a node may be silent until the others take over its work, 2 to 120.", 5);

    private static readonly Option<string> Devices = SiloOption.Text(
        "--devices", "Where models run here, with the role gpu: cpu, cuda:0, several with ','.", "cpu", "DEVICES");

    private static readonly Option<string> Model = SiloOption.Text(
        "--model", "A model directory with graphs, or the name of an installed model (fastvlm models list).", "fastvlm-nano", "NAME|DIR");

    private static readonly Option<string?> Dtype = SiloOption.Optional(
        "--dtype", "Precision, where the model directory holds several.", "DTYPE");

    private static readonly Option<int> FrameSide = SiloOption.Number(
        "--frame-side", "Pixels of the square that frames are scaled to: that of the cluster's model, at least 480.", 480);

    private static readonly Option<string> Urls = SiloOption.Text(
        "--urls", "Where to listen: API and dashboard with the role web, probes alone without.", "http://localhost:8080", "URLS");

    private static readonly Option<string?> PublicUrl = SiloOption.Optional(
        "--public-url", "Address of the dashboard as people reach it: for links in webhooks, and accepted as host name.", "URL");

    private static readonly Option<string?> AccessTokenFile = SiloOption.Optional(
        "--access-token-file", "A file whose first line everybody must give who uses dashboard or API.", "FILE");

    private static readonly Option<bool> InsecureNoToken = SiloOption.Flag(
        "--insecure-no-token", "Listen on other addresses without an access token: everybody who reaches them is an administrator.");

    private static readonly Option<string?> Configuration = SiloOption.Optional(
        "--config", "Configuration file, read again whenever it changes; give it to one node.", "FILE");

    private static readonly Option<string> Media = SiloOption.Text(
        "--media", "Folder of video files that cameras may play.", "media", "DIR");

    private static readonly Option<bool> AllowLoopbackWebhooks = SiloOption.Flag(
        "--allow-loopback-webhooks", "Webhooks may be posted to this machine itself.");

    /// <summary>All of them, for the command and for the check of deployment files.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Name, Roles, Cluster, DatabaseFile, SecretsKeyFile, Address, ListenAddress, SiloPort, DetectFailureSeconds, Devices, Model, Dtype,
        FrameSide, Urls, PublicUrl, AccessTokenFile, InsecureNoToken, Configuration, Media, AllowLoopbackWebhooks,
    ];

    /// <exception cref="FailureException">Usage: an option is wrong.</exception>
    public static SiloSettings Read(ParseResult parsed)
    {
        var roles = ReadRoles(parsed.GetRequiredValue(Roles));
        var compute = roles.HasFlag(SiloRoles.Gpu) ? Split(parsed.GetRequiredValue(Devices)) : [];
        var urls = SiloAddresses.Read(parsed.GetRequiredValue(Urls));
        var token = parsed.GetValue(AccessTokenFile) is { } file ? FirstLine(file, "--access-token-file") : null;
        if (roles.HasFlag(SiloRoles.Web) && token is null && !parsed.GetValue(InsecureNoToken))
        {
            SiloAddresses.RequireOwnMachine(urls);
        }

        var cluster = new ClusterOptions
        {
            ClusterId = parsed.GetRequiredValue(Cluster),
            ServiceId = parsed.GetRequiredValue(Cluster),
            SiloName = parsed.GetRequiredValue(Name),
            Roles = roles,
            Devices = [.. compute.Select(DeviceName)],
            Address = Resolve(parsed.GetRequiredValue(Address)),
            ListenAddress = parsed.GetValue(ListenAddress) is { } listen ? Resolve(listen) : null,
            SiloPort = parsed.GetValue(SiloPort),
            DetectFailureWithin = TimeSpan.FromSeconds(parsed.GetValue(DetectFailureSeconds)),
            Version = SiloVersion.Text,
            ConnectionString = FirstLine(
                parsed.GetValue(DatabaseFile) ?? throw new FailureException(
                    FailureKind.Usage,
                    "--database-file is missing: nodes find each other, and keep everything, in one PostgreSQL database."),
                "--database-file"),
        };
        var faults = ClusterOptionsRules.Faults(cluster).ToList();
        return faults.Count > 0
            ? throw new FailureException(FailureKind.Usage, string.Join(' ', faults))
            : new SiloSettings
            {
                Cluster = cluster,
                ConnectionString = cluster.ConnectionString,
                SecretsKeyFile = Path.GetFullPath(parsed.GetRequiredValue(SecretsKeyFile)),
                Urls = [.. urls.Select(url => url.Written)],
                Ports = [.. urls.Select(url => url.Address.Port)],
                PublicUrl = parsed.GetValue(PublicUrl) is { } text ? SiloAddresses.Parse(text, "--public-url") : urls[0].Address,
                AccessToken = token,
                ConfigurationFile = parsed.GetValue(Configuration) is { } path ? Path.GetFullPath(path) : null,
                AllowLoopbackWebhooks = parsed.GetValue(AllowLoopbackWebhooks),
                MediaDirectory = Path.GetFullPath(parsed.GetRequiredValue(Media)),
                ComputeDevices = compute,
                Model = parsed.GetRequiredValue(Model),
                Dtype = parsed.GetValue(Dtype),
                FrameSidePx = parsed.GetValue(FrameSide),
            };
    }

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static SiloRoles ReadRoles(string text)
    {
        var roles = SiloRoles.None;
        foreach (var name in Split(text))
        {
            roles |= name.Equals("all", StringComparison.OrdinalIgnoreCase)
                ? SiloRoles.Camera | SiloRoles.Gpu | SiloRoles.Web
                : SiloRoleNames.RoleOf(name) is not SiloRoles.None and var role
                    ? role
                    : throw new FailureException(FailureKind.Usage, $"--roles '{name}' is none; write camera, gpu, web or all.");
        }

        return roles;
    }

    /// <summary>"cuda:1" is the device gpu1, "cpu" is cpu0.</summary>
    private static string DeviceName(string compute)
    {
        var parts = compute.Split(':', 2);
        var number = parts.Length > 1 ? parts[1] : "0";
        return (parts[0] == "cuda" ? "gpu" : parts[0]) + number;
    }

    private static IPAddress Resolve(string address)
    {
        try
        {
            return IPAddress.TryParse(address, out var ip)
                ? ip
                : Dns.GetHostAddresses(address).OrderBy(found => found.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (SocketException e)
        {
            throw new FailureException(FailureKind.Usage, $"The silo address '{address}' cannot be resolved: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static string FirstLine(string file, string option)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim() is { Length: > 0 } line
                ? line
                : throw new FailureException(FailureKind.Usage, $"The file '{file}' of {option} is empty.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(
                FailureKind.Usage, $"The file '{file}' of {option} cannot be read: {unreadable.Message.TrimEnd('.')}.", unreadable);
        }
    }
}
