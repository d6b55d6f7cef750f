using FastVlm.Embedded.Models;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;
using FastVlm.Video;
using FastVlm.Video.Sources;

namespace FastVlm.Embedded.Watching;

/// <summary>What to watch, what to ask, and when to tell whom.</summary>
internal sealed record WatchPlan
{
    public required VideoSource Source { get; init; }

    /// <summary>The source as people read it, without secrets.</summary>
    public required string SourceTitle { get; init; }

    public required CameraId CameraId { get; init; }

    public required ModelChoice Model { get; init; }

    public required string Prompt { get; init; }

    public required TimeSpan Every { get; init; }

    public required int MaxNewTokens { get; init; }

    /// <summary>Named as they were written.</summary>
    public required CompiledRuleSet Rules { get; init; }

    public required WebhookPlan? Webhook { get; init; }

    public required RtspTransport Transport { get; init; }

    /// <summary>Null: to the end of a recording, for ever with a camera.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>A file is played as a camera would send it.</summary>
    public required bool PlaysInRealTime { get; init; }

    /// <summary>A camera that cannot be reached at the start is waited for, too.</summary>
    public required bool KeepTrying { get; init; }

    /// <summary>A short name without secrets: the host of a URL, the name of a file.</summary>
    public static string CameraNameOf(VideoSource source)
    {
        var name = Uri.TryCreate(source.Redacted, UriKind.Absolute, out var address) && !address.IsFile
            ? address.Host
            : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(source.Redacted));
        return name.Length > 0 ? name : "camera";
    }
}

/// <summary>Where alerts are posted, and what signs them.</summary>
internal sealed record WebhookPlan(Uri Address, IReadOnlyList<SecretText> Secrets);
