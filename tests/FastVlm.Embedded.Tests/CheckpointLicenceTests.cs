using FastVlm.Embedded.Models;
using FastVlm.TestKit;

namespace FastVlm.Embedded.Tests;

public sealed class CheckpointLicenceTests : IDisposable
{
    private readonly TempDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("README.md", "---\nlicense: apple-amlr\nlibrary_name: ml-fastvlm\n---\n# FastVLM\n", "apple-amlr (research only)")]
    [InlineData("README.md", "---\ntags: [x]\nlicense: other\nlicense_name: apple-amlr\n---\n", "apple-amlr (research only)")]
    [InlineData("README.md", "---\nlicense: 'mit'\n---\n", "MIT")]
    [InlineData("MODEL_CARD.md", "# nano\n\n| | |\n|---|---|\n| Licence | Apache-2.0 (our own work) |\n", "Apache-2.0")]
    [InlineData("README.md", "# no front matter\nlicense: mit\n", "unknown (the directory does not say)")]
    [InlineData("LICENSE", "                Apache License\n        Version 2.0", "Apache-2.0")]
    [InlineData("LICENSE", "All rights reserved.", "see its LICENSE file")]
    public void Reads_what_the_folder_declares(string file, string text, string licence)
    {
        File.WriteAllText(folder.File(file), text);

        Assert.Equal(licence, CheckpointLicence.Of(folder.FullPath));
    }

    [Fact]
    public void The_model_card_counts_before_the_licence_text()
    {
        File.WriteAllText(folder.File("LICENSE"), "Apple Machine Learning Research Model License Agreement");
        File.WriteAllText(folder.File("README.md"), "---\nlicense: apache-2.0\n---\n");

        Assert.Equal("Apache-2.0", CheckpointLicence.Of(folder.FullPath));
    }
}
