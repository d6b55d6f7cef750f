using System.Security.Cryptography;
using System.Text;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Web.Json;

namespace FastVlm.Web.Files;

/// <summary>
/// Keeps the configuration in step with a YAML file. Looks at its content once a second, because notifications do not cross
/// network drives and container mounts; applies a change once two looks agree, so that a half-written file is not taken. A
/// bad edit changes nothing: it is logged and shown by <c>GET /api/health</c> until it is put right.
/// </summary>
public sealed class ConfigurationFile
{
    /// <summary>Half of what a person waits after saving.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private const string Source = "configuration file";
    private const int FaultsShownMax = 5;

    private readonly string path;
    private readonly IConfigurationDesk desk;
    private readonly HealthBoard health;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;

    // Digests of the content at the last look, and of the content that was last applied or refused.
    private string? seen;
    private string? handled;
    private bool wasThere;
    private string? reported;

    public ConfigurationFile(string path, IConfigurationDesk desk, HealthBoard health, TimeProvider timeProvider, ILogger logger)
    {
        this.path = path;
        this.desk = desk;
        this.health = health;
        this.timeProvider = timeProvider;
        this.logger = logger;
    }

    /// <summary>Applies the file as it is now; one that is not there yet is no fault. Comes before <see cref="RunAsync"/>.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } content)
        {
            seen = Digest(content);
            await HandleAsync(content, cancellationToken);
        }
    }

    /// <summary>Watches the file until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(LookEvery, timeProvider, cancellationToken);
            if (await ReadAsync(cancellationToken) is not { } content)
            {
                continue;
            }

            var digest = Digest(content);
            if (digest == seen && digest != handled)
            {
                await HandleAsync(content, cancellationToken);
            }

            seen = digest;
        }
    }

    private async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: <= JsonBody.BytesMax })
            {
                return await File.ReadAllBytesAsync(path, cancellationToken);
            }

            var isGone = !File.Exists(path);
            Report(isGone ? (wasThere ? "it is gone; put it back." : null) : "it is longer than 8 MiB; shorten it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"it cannot be read: {e.Message.TrimEnd('.')}.");
        }

        // When it comes back it is applied again, and the problem is over.
        (seen, handled) = (null, null);
        return null;
    }

    private async Task HandleAsync(byte[] content, CancellationToken cancellationToken)
    {
        var yaml = YamlText.Parse(Encoding.UTF8.GetString(content));
        var (document, errors) = ConfigurationText.Read(yaml, Environment.GetEnvironmentVariable);
        try
        {
            if (errors.Count == 0)
            {
                errors = (await desk.ImportAsync(document, EntryOrigin.File, cancellationToken)).Errors;
            }
        }
        catch (StorageException e)
        {
            // Not handled: tried again with the next look.
            Report(e.Message);
            return;
        }

        handled = Digest(content);
        wasThere = true;
        if (errors.Count > 0)
        {
            Report(Sentence(yaml, errors));
            return;
        }

        Report(null);
        logger.FileApplied(path, document.Cameras.Count, document.Rules.Count, document.Endpoints.Count);
    }

    private static string Sentence(YamlText yaml, IReadOnlyList<SpecError> errors)
    {
        var shown = errors.Take(FaultsShownMax).Select(error =>
            $"{yaml.PlaceOf(error.Path)} ({error.Path}): {error.Message}{(error.Hint is null ? "" : " " + error.Hint)}");
        var more = errors.Count > FaultsShownMax ? $" And {errors.Count - FaultsShownMax} more." : "";
        return string.Join(" ", shown) + more;
    }

    private void Report(string? fault)
    {
        var problem = fault is null ? null : $"The configuration file '{path}' is not applied, what was applied before stays: {fault}";
        health.Report(Source, problem);
        if (problem is not null && problem != reported)
        {
            logger.FileRefused(problem);
        }

        reported = problem;
    }

    private static string Digest(byte[] content) => Convert.ToHexString(SHA256.HashData(content));
}
