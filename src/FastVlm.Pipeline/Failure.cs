namespace FastVlm.Pipeline;

/// <summary>
/// Why something the outside world gave us cannot be used. The numeric value is the exit code of the command line,
/// is documented in docs/cli.md and never changes its meaning.
/// </summary>
public enum FailureKind
{
    /// <summary>A defect of ours: no remedy on the user's side.</summary>
    Internal = 1,

    /// <summary>An option or argument is missing, unknown or out of range.</summary>
    Usage = 2,

    /// <summary>A model directory is absent, lacks a graph, or its parts do not belong together.</summary>
    ModelInvalid = 3,

    /// <summary>A file's size or SHA-256 is not the recorded one.</summary>
    HashMismatch = 4,

    /// <summary>A camera, file or URL cannot be reached or opened.</summary>
    SourceUnreachable = 5,

    /// <summary>The source refuses the credentials.</summary>
    Unauthorized = 6,

    /// <summary>The source has no video stream.</summary>
    NoVideo = 7,

    /// <summary>A picture cannot be decoded, its size is outside the limits, or a camera's picture shows nothing.</summary>
    PictureInvalid = 8,

    /// <summary>The asked-for device or its execution provider is absent.</summary>
    DeviceAbsent = 9,

    /// <summary>Prompt and answer do not fit in the model's context.</summary>
    PromptTooLong = 10,

    /// <summary>The model's licence has not been accepted.</summary>
    LicenceNotAccepted = 11,

    /// <summary>A download could not be completed.</summary>
    DownloadFailed = 12,

    /// <summary>A checkpoint is damaged, truncated, or of another architecture.</summary>
    CheckpointInvalid = 13,

    /// <summary>The tokenizer is damaged or belongs to another model.</summary>
    TokenizerInvalid = 14,

    /// <summary>An exported model does not compute what it should.</summary>
    VerificationFailed = 15,

    /// <summary>A program the platform drives (ffmpeg, ffprobe) is not installed.</summary>
    ToolMissing = 16,

    /// <summary>The data folder is in use, full, damaged, not writable, or of a newer version.</summary>
    DataUnusable = 17,
}

/// <summary>
/// An expected failure of the outside world. The message is one sentence for the user: who, what, the value with its
/// unit, the limit, and the remedy; it never contains a secret.
/// </summary>
public sealed class FailureException(FailureKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public FailureKind Kind { get; } = kind;
}
