namespace FastVlm.Export.Tests;

/// <summary>The golden mini checkpoint beside the tests, and scratch directories that vanish.</summary>
internal static class GoldenMini
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "golden", "fastvlm-mini");

    public static string Expected => Path.Combine(Directory, "expected.safetensors");
}

/// <summary>A directory of its own that is removed when the test ends.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public ScratchDirectory() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"fastvlm-export-{Guid.NewGuid():N}");

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
