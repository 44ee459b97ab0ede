using Microsoft.AspNetCore.Http.Metadata;

namespace Waiide.Gateway;

/// <summary>Of an endpoint: a request with a larger body gets 413. The attribute for it is in MVC, which would have to be loaded for that alone.</summary>
internal sealed record LongestBody(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
