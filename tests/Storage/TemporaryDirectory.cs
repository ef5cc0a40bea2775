namespace Praetor.Tests.Storage;

/// <summary>A directory of its own that goes away with the test.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("praetor-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
