using Microsoft.AspNetCore.StaticFiles;

namespace Praetor.Api.Http.Ui;

/// <summary>
/// A web UI of the operator's own (ui_config.dir): its files below the content path. A path without a file is a page of the UI's own routing and gets index.html. Thread-safe.
/// </summary>
internal sealed class UiFiles(string directory)
{
    /// <summary>Longer files are no part of a UI.</summary>
    private const int MaxFileBytes = 32 * 1024 * 1024;

    private static readonly FileExtensionContentTypeProvider s_types = new();

    private readonly string _root = Path.GetFullPath(directory);

    /// <summary>Adds the route.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="contentPath">ui_config.content_path, with a slash at both ends.</param>
    public void Map(RouteTable routes, string contentPath) => routes.Map("GET,HEAD", contentPath, AnswerAsync);

    private async ValueTask AnswerAsync(ApiRequest request)
    {
        if (await ReadAsync(request.Tail, request.Aborted).ConfigureAwait(false) is { } found)
            await request.SendAsync(200, TypeOf(request.Tail), found).ConfigureAwait(false);
        else if (await ReadAsync("index.html", request.Aborted).ConfigureAwait(false) is { } index)
            await request.SendAsync(200, ContentTypes.Html, index).ConfigureAwait(false);
        else
            await request.RespondErrorAsync(404, "404 page not found").ConfigureAwait(false);
    }

    /// <summary>A file inside the directory; null for all else, also behind links that lead out of it.</summary>
    private async Task<byte[]?> ReadAsync(string name, CancellationToken cancellation)
    {
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
            return null;
        string path = Path.GetFullPath(Path.Combine(_root, name));
        if (!IsInside(path))
            return null;
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > MaxFileBytes || (file.ResolveLinkTarget(returnFinalTarget: true) is { } target && !IsInside(target.FullName)))
            return null;
        return await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
    }

    private bool IsInside(string path) => path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string TypeOf(string name) => s_types.TryGetContentType(name, out string? type) ? (type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type) : "application/octet-stream";
}
