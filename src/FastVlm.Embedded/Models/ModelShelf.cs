using FastVlm.Embedded.Commands;
using FastVlm.Onnx.Store;

namespace FastVlm.Embedded.Models;

/// <summary>Leads from what the user calls a model to a directory that is ready to load and is what its record says.</summary>
internal sealed class ModelShelf(CommandContext context)
{
    public ModelReference Find(string nameOrFolder) => ModelReference.Find(nameOrFolder, context.Home, context.Shipped);

    /// <param name="nameOrFolder">See <see cref="ModelReference.Find"/>.</param>
    /// <param name="dtype">fp32, fp16, int8 or int4 for checkpoints (null is fp32); directories hold what they hold.</param>
    /// <param name="cancellationToken">Ends an export too.</param>
    /// <exception cref="Pipeline.FailureException">There is no such model, or its files are not the recorded ones.</exception>
    public async Task<ModelDirectory> TakeAsync(string nameOrFolder, string? dtype, CancellationToken cancellationToken)
    {
        switch (Find(nameOrFolder))
        {
            case ModelReference.Checkpoint checkpoint:
                return await new ExportedCheckpoints(context).GetAsync(checkpoint, DtypeNames.Parse(dtype), cancellationToken);
            case var graphs:
                var directory = ModelDirectory.Open(graphs.Path);
                await directory.VerifyAsync(bytesRead: null, cancellationToken);
                return directory;
        }
    }
}
