using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
namespace FastVlm.Embedded.Platform;
internal sealed class NoTester : ICameraTester { public Task<CameraTest> TestAsync(CameraSpec spec, CancellationToken cancellationToken) => Task.FromResult(new CameraTest { Succeeded = false, Error = "Not built yet." }); }
internal sealed class NoLiveVideo : ILiveVideo { public Task<LiveVideoFile?> ReadAsync(CameraId id, string fileName, CancellationToken cancellationToken) => Task.FromResult<LiveVideoFile?>(null); }
