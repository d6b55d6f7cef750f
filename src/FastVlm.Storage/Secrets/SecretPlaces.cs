namespace FastVlm.Storage.Secrets;

/// <summary>Where the key of the secrets is, and the file that says to go on without it.</summary>
/// <param name="Key">The key file.</param>
internal sealed record SecretPlaces(string Key)
{
    /// <summary>While it exists, entries whose secrets cannot be read are loaded without them, disabled.</summary>
    public string ForgetSecrets { get; } = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Key)) ?? "", "forget-secrets");
}
