using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

public static class EndpointConventions
{
    /// <summary>Declares the refusals an operation or a whole group can answer with, for the OpenAPI document.</summary>
    public static TBuilder WithProblems<TBuilder>(this TBuilder builder, params int[] statuses) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (var status in statuses)
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemBody), ["application/problem+json"]));
        });
        return builder;
    }
}
