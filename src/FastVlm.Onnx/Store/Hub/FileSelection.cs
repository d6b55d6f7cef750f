using FastVlm.Onnx.Store.Catalogue;
using FastVlm.Pipeline;

namespace FastVlm.Onnx.Store.Hub;

/// <summary>Decides which files of a repository a choice of dtype needs.</summary>
public static class FileSelection
{
    /// <exception cref="FailureException">A pattern that must match a file matches none.</exception>
    public static IReadOnlyList<HubFile> Choose(CatalogueEntry entry, CatalogueDtype dtype, HubListing listing)
    {
        var chosen = new SortedDictionary<string, HubFile>(StringComparer.Ordinal);
        foreach (var pattern in entry.Files.Concat(dtype.Files))
        {
            if (Take(pattern, listing, chosen) == 0)
            {
                throw new FailureException(
                    FailureKind.DownloadFailed,
                    $"Repository '{listing.Repository}' has no file '{pattern}' at commit {listing.Commit}, which model "
                    + $"'{entry.Name}' ({dtype.Dtype}) needs; choose another dtype or check HF_ENDPOINT.");
            }
        }

        foreach (var pattern in entry.OptionalFiles)
        {
            Take(pattern, listing, chosen);
        }

        return [.. chosen.Values];
    }

    private static int Take(string pattern, HubListing listing, SortedDictionary<string, HubFile> chosen)
    {
        var count = 0;
        foreach (var file in listing.Files.Where(file => FilePattern.Matches(pattern, file.Path)))
        {
            chosen[file.Path] = file;
            count++;
        }

        return count;
    }
}
