namespace Praetor.Api.Cli.Client;

/// <summary>An answer whose body is read as it comes, or why there is none.</summary>
/// <param name="response">The answer; null if there is none.</param>
/// <param name="failure">What to print if it did not succeed; null if it did.</param>
public sealed class StreamedAnswer(HttpResponseMessage? response, string? failure) : IDisposable
{
    /// <summary>Null, or the text that commands put after their own prefix (cli 6).</summary>
    public string? Error { get; } = failure;

    /// <summary>A header; empty if it is not there.</summary>
    public string Header(string name) => response?.Headers.TryGetValues(name, out var values) == true ? string.Join(',', values) : "";

    /// <summary>The body.</summary>
    public Task<Stream> OpenAsync(CancellationToken cancellation) => response!.Content.ReadAsStreamAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose() => response?.Dispose();
}
