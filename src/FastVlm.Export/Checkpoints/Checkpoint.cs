using System.Text.Json;
using FastVlm.Pipeline;

namespace FastVlm.Export.Checkpoints;

/// <summary>
/// A checkpoint directory: config.json and one safetensors file, or several with model.safetensors.index.json.
/// Everything is validated when it is opened; tensors are read on demand.
/// </summary>
internal sealed class Checkpoint : IWeightSource, IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, (SafetensorsFile File, TensorEntry Entry)> _tensors;

    private Checkpoint(string directory, List<SafetensorsFile> files)
    {
        Directory = directory;
        _files = files;
        var located = new Dictionary<string, (SafetensorsFile File, TensorEntry Entry)>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var entry in file.Tensors.Values)
            {
                if (!located.TryAdd(entry.Name, (file, entry)))
                {
                    throw Invalid($"holds tensor '{entry.Name}' twice, in '{located[entry.Name].File.Path}' and '{file.Path}'");
                }
            }
        }

        _tensors = new(StringComparer.Ordinal);
        var names = CanonicalNames.Map(located.Keys);
        Unplaced = [.. names.Where(n => n.Value is null).Select(n => n.Key)];
        foreach (var (name, canonical) in names)
        {
            if (canonical is not null && !_tensors.TryAdd(canonical, located[name]))
            {
                throw Invalid($"has two tensors for one place of the network, '{_tensors[canonical].Entry.Name}' and '{name}'");
            }
        }

        Shapes = _tensors.ToDictionary(t => t.Key, t => t.Value.Entry.Shape, StringComparer.Ordinal);
        Config = ModelConfig.Read(System.IO.Path.Combine(directory, "config.json"));
    }

    public string Directory { get; }

    public ModelConfig Config { get; }

    public string Description => $"The checkpoint '{Directory}'";

    public IReadOnlyDictionary<string, long[]> Shapes { get; }

    public IReadOnlyList<string> Unplaced { get; }

    /// <exception cref="FailureException">The directory is no checkpoint, or a file of it is damaged.</exception>
    public static Checkpoint Open(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            throw new FailureException(FailureKind.CheckpointInvalid, $"The checkpoint directory '{directory}' does not exist.");
        }

        var files = new List<SafetensorsFile>();
        try
        {
            foreach (var path in FilePaths(directory))
            {
                files.Add(SafetensorsFile.Open(path));
            }

            return new Checkpoint(directory, files);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    public string DisplayName(string canonicalName) =>
        _tensors.TryGetValue(canonicalName, out var tensor) ? tensor.Entry.Name : CanonicalNames.AppleName(canonicalName);

    public void Read(string canonicalName, long start, Span<float> destination)
    {
        var (file, entry) = _tensors[canonicalName];
        file.Read(entry, start, destination);
    }

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static List<string> FilePaths(string directory)
    {
        var single = System.IO.Path.Combine(directory, SingleFile);
        var index = System.IO.Path.Combine(directory, IndexFile);
        if (File.Exists(index))
        {
            return ShardsOf(directory, index);
        }

        if (File.Exists(single))
        {
            return [single];
        }

        var others = System.IO.Directory.GetFiles(directory, "*.safetensors");
        return others.Length == 1
            ? [others[0]]
            : throw new FailureException(
                FailureKind.CheckpointInvalid,
                $"'{directory}' has neither {SingleFile} nor {IndexFile}: "
                + "point --checkpoint at the directory of a safetensors checkpoint.");
    }

    private static List<string> ShardsOf(string directory, string index)
    {
        var shards = new SortedSet<string>(StringComparer.Ordinal);
        var promised = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (var property in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                promised[property.Name] = property.Value.GetString()!;
                shards.Add(property.Value.GetString()!);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw new FailureException(
                FailureKind.CheckpointInvalid,
                $"'{index}' is not an index with a weight_map of tensor to file: {e.Message}",
                e);
        }

        foreach (var shard in shards)
        {
            // An index names files beside it; a path that leaves the directory is not one.
            if (shard != System.IO.Path.GetFileName(shard) || !File.Exists(System.IO.Path.Combine(directory, shard)))
            {
                var tensor = promised.First(p => p.Value == shard).Key;
                throw new FailureException(
                    FailureKind.CheckpointInvalid,
                    $"'{index}' places tensor '{tensor}' in '{shard}', which is not in '{directory}': fetch the missing shard.");
            }
        }

        RequireEachTensor(directory, promised);
        return [.. shards.Select(s => System.IO.Path.Combine(directory, s))];
    }

    private static void RequireEachTensor(string directory, Dictionary<string, string> promised)
    {
        foreach (var group in promised.GroupBy(p => p.Value, p => p.Key))
        {
            using var file = SafetensorsFile.Open(System.IO.Path.Combine(directory, group.Key));
            var missing = group.FirstOrDefault(name => !file.Tensors.ContainsKey(name));
            if (missing is not null)
            {
                throw new FailureException(
                    FailureKind.CheckpointInvalid,
                    $"The index places tensor '{missing}' in '{file.Path}', which does not hold it: "
                    + "the shards belong to different checkpoints.");
            }
        }
    }

    private FailureException Invalid(string what) => new(FailureKind.CheckpointInvalid, $"The checkpoint '{Directory}' {what}.");
}
