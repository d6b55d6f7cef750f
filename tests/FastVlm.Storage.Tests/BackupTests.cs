using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using Microsoft.Data.Sqlite;

namespace FastVlm.Storage.Tests;

/// <summary>The recipe of docs/storage.md.</summary>
public sealed class BackupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_taken_while_the_store_works_is_a_whole_data_directory()
    {
        await using var test = await TestStore.OpenAsync();
        using var backup = new TempDirectory();
        await test.Store.Configuration.SaveAsync(
            new PlatformConfiguration
            {
                Cameras =
                [
                    new Entry<CameraId, CameraSpec>
                    {
                        Id = new CameraId("cam_1"),
                        Spec = new CameraSpec { Name = "Gate", Url = new CameraUrl("rtsp://operator:secret@192.0.2.1/a") },
                        CreatedAt = Samples.Noon,
                        UpdatedAt = Samples.Noon,
                    },
                ],
            },
            0, Stop);
        await test.Store.Journal.AppendAsync(Samples.Opened("inc_1", Samples.Caption("cap_1"), [1, 2, 3]), Stop);

        BackUp(test, backup);
        await test.Store.Journal.AppendAsync(Samples.Only(Samples.Caption("cap_later")), Stop);

        await using var restored = await SqlitePlatformStore.OpenAsync(
            backup.FullPath, new StorageOptions(), test.Time, test.Log, Stop);
        var (configuration, _) = await restored.Configuration.LoadAsync(Stop);
        Assert.Equal("rtsp://operator:secret@192.0.2.1/a", configuration.Cameras[0].Spec.Url.Reveal());
        Assert.NotNull(await restored.Captions.FindAsync(new CaptionId("cap_1"), Stop));
        Assert.Null(await restored.Captions.FindAsync(new CaptionId("cap_later"), Stop));
        Assert.Equal([1, 2, 3], await restored.Incidents.ReadPictureAsync(new IncidentId("inc_1"), 0, Stop));
    }

    private static void BackUp(TestStore test, TempDirectory backup)
    {
        using var connection = new SqliteConnection($"Data Source={test.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"VACUUM INTO '{backup.File("fastvlm.db")}'";
        command.ExecuteNonQuery();
        foreach (var file in Directory.GetFiles(Path.Combine(test.Folder, "evidence"), "*", SearchOption.AllDirectories))
        {
            var copy = backup.File(Path.GetRelativePath(test.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.Copy(Path.Combine(test.Folder, "secrets.key"), backup.File("secrets.key"));
    }
}
