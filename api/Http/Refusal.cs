namespace Praetor.Api.Http;

/// <summary>An expected error answer: a value, not an exception. Sent by <see cref="ApiRequest.RefuseAsync"/>.</summary>
/// <param name="Status">HTTP status, 400 and above.</param>
/// <param name="Text">Exact body, <c>text/plain; charset=utf-8</c>, without newline unless the reference shows one.</param>
public readonly record struct Refusal(int Status, string Text);
