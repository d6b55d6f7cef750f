using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store;

/// <summary>
/// Puts a model into the home: one process at a time, built in a staging folder, then moved into place in one step.
/// A model is therefore there whole or not at all.
/// </summary>
public sealed class ModelInstallation : IDisposable
{
    private readonly ModelHome _home;
    private readonly string _name;
    private readonly ExclusiveFile _exclusive;

    private ModelInstallation(ModelHome home, string name, ExclusiveFile exclusive)
    {
        _home = home;
        _name = name;
        _exclusive = exclusive;
        Directory.CreateDirectory(DownloadFolder);
    }

    /// <summary>What is fetched; kept when the installation does not end, so that the next one resumes.</summary>
    public string DownloadFolder => Path.Combine(_home.StagingFolder(_name), "download");

    /// <summary>Where the model directory is put together; empty at the beginning.</summary>
    public string BuildFolder => Path.Combine(_home.StagingFolder(_name), "model");

    /// <exception cref="FailureException">Another process is installing a model of this name.</exception>
    public static ModelInstallation Begin(ModelHome home, string name)
    {
        var exclusive = ExclusiveFile.TryAcquire(home.LockFile(name))
            ?? throw new FailureException(
                FailureKind.DownloadFailed,
                $"Model '{name}' is being installed by another fastvlm process; wait for it to end and try again.");
        var installation = new ModelInstallation(home, name, exclusive);
        Delete(installation.BuildFolder);
        return installation;
    }

    /// <summary>Records what the finished directory holds, checks that it is a model, and moves it into place.</summary>
    /// <param name="directory">The finished directory: the build or the download folder.</param>
    /// <param name="describe">Completes the record; receives the files of the directory.</param>
    /// <param name="cancellationToken">Nothing is in place when it fires.</param>
    public async Task<ModelDirectory> CompleteAsync(
        string directory, Func<IReadOnlyList<ModelFile>, ModelLock> describe, CancellationToken cancellationToken)
    {
        ModelDirectory.Open(directory);
        File.Delete(Path.Combine(directory, ModelLock.FileName));
        var files = new List<ModelFile>();
        foreach (var path in RelativePath.FilesBelow(directory))
        {
            files.Add(
                (await FileDigest.ComputeAsync(RelativePath.Join(directory, path), bytesRead: null, cancellationToken)).ToModelFile(path));
        }

        describe(files).Write(directory);
        var place = _home.ModelFolder(_name);
        var previous = Path.Combine(_home.StagingFolder(_name), "previous");
        Directory.CreateDirectory(_home.ModelsFolder);
        Delete(previous);
        if (Directory.Exists(place))
        {
            Directory.Move(place, previous);
        }

        Directory.Move(directory, place);
        Delete(_home.StagingFolder(_name));
        return ModelDirectory.Open(place);
    }

    public void Dispose() => _exclusive.Dispose();

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
