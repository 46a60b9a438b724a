using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;

namespace Maydon.Tests.Architecture;

/// <summary>What every endpoint must say, and what a module shows of itself because of its endpoints.</summary>
public sealed class EndpointTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Every_endpoint_says_who_may_call_it() =>
        Fault.None(Endpoints()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
                && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(Name));

    /// <summary>A misspelt one would be held by nobody; one where anybody may call would be asked of nobody.</summary>
    [Fact]
    public void Every_permission_that_is_asked_for_can_be_granted()
    {
        var known = server.App.Services.GetRequiredService<KnownPermissions>().All;
        Fault.None(
            from endpoint in Endpoints()
            from asked in endpoint.Metadata.GetOrderedMetadata<RequiredPermission>()
            where !known.Contains(asked.Name) || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            select $"{Name(endpoint)} {asked.Name}");
    }

    [Fact]
    public void Requests_are_public_and_known_to_validation()
    {
        var validation = server.App.Services.GetRequiredService<IOptions<ValidationOptions>>().Value;
        // .NET's generator passes over a type that is not public, and over every type of a module that does not call AddValidation.
        Fault.None(Requests()
            .Where(HasRules)
            .Where(type => !type.IsVisible || !validation.TryGetValidatableTypeInfo(type, out _))
            .Select(type => type.FullName));
    }

    [Fact]
    public void Every_module_with_requests_adds_validation()
    {
        var adding = server.App.Services.GetRequiredService<IOptions<ValidationOptions>>().Value.Resolvers.Select(resolver => resolver.GetType().Assembly);
        Fault.None(Requests().Where(HasRules).Select(type => type.Assembly).Distinct().Except(adding).Select(assembly => assembly.GetName().Name));
    }

    [Fact]
    public void A_module_shows_only_its_door_contracts_pages_requests_and_responses()
    {
        var spoken = new HashSet<Type>();
        foreach (var type in Requests().Concat(Responses()))
            AddWithParts(type, spoken);
        Fault.None(Repository.Projects
            // These two are libraries: what they show is what the other modules are written with.
            .Where(project => project.Name is not ("Kernel" or "Inventory"))
            .SelectMany(project => project.Assembly.GetExportedTypes())
            .Where(type => !(IsDoor(type) || IsContract(type) || type.IsAssignableTo(typeof(ComponentBase)) || spoken.Contains(type)))
            // .NET makes the host's entry point public.
            .Where(type => type.FullName is not "Program")
            .Select(type => type.FullName));
    }

    [Fact]
    public void An_interface_has_two_implementations_or_a_double() =>
        Fault.None(
            from port in Ours().Where(type => type.IsInterface)
            where Ours().Concat(GetType().Assembly.GetTypes()).Count(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(port)) < 2
            select port.FullName);

    /// <summary>Else people get nginx's page for what the guide promises.</summary>
    [Fact]
    public void Every_example_of_nginx_lets_through_what_an_endpoint_takes()
    {
        var most = Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? 0).Max();
        Assert.InRange(most, 64 << 20, 65 << 20);
        Assert.NotEmpty(Examples());
        Fault.None(
            from example in Examples()
            let limit = Regex.Match(File.ReadAllText(example), "client_max_body_size (?<megabytes>[0-9]+)m;", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            where !limit.Success || long.Parse(limit.Groups["megabytes"].Value, CultureInfo.InvariantCulture) << 20 < most
            select example);

        static string[] Examples() => Directory.GetFiles(Path.Combine(Repository.Root, "deploy/nginx"), "*.conf");
    }

    private static IEnumerable<Type> Ours() => Repository.Projects.SelectMany(project => project.Assembly.GetTypes());

    private IEnumerable<RouteEndpoint> Endpoints() => server.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static string Name(RouteEndpoint endpoint) =>
        $"{string.Join('|', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText}";

    private IEnumerable<Type> Requests()
    {
        var services = server.App.Services.GetRequiredService<IServiceProviderIsService>();
        return Handlers()
            .SelectMany(handler => handler.GetParameters())
            .Where(parameter => !services.IsService(parameter.ParameterType))
            .Select(parameter => Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType)
            .Where(IsOurs)
            .Distinct();
    }

    private IEnumerable<Type> Responses() =>
        Handlers().Select(handler => handler.ReturnType)
            .Concat(Endpoints().SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>()).Select(produced => produced.Type).OfType<Type>());

    private IEnumerable<MethodInfo> Handlers() => Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<MethodInfo>()).OfType<MethodInfo>();

    private static bool HasRules(Type type) =>
        type.IsAssignableTo(typeof(IValidatableObject))
        || type.GetProperties().Any(property => property.IsDefined(typeof(ValidationAttribute), inherit: true)
            || (IsOurs(property.PropertyType) && property.PropertyType != type && HasRules(property.PropertyType)));

    /// <summary>A response is what the handler returns, and every type of ours that its JSON is made of.</summary>
    private static void AddWithParts(Type type, HashSet<Type> found)
    {
        if (type.HasElementType)
            AddWithParts(type.GetElementType()!, found);
        foreach (var argument in type.GenericTypeArguments)
            AddWithParts(argument, found);
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (!IsOurs(definition) || !found.Add(definition))
            return;
        foreach (var property in type.GetProperties())
            AddWithParts(property.PropertyType, found);
        if (type.BaseType is { } parent)
            AddWithParts(parent, found);
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("Maydon.", StringComparison.Ordinal);

    private static bool IsDoor(Type type) => type is { IsAbstract: true, IsSealed: true } && type.Name == type.Namespace?.Split('.')[^1] + "Module";

    private static bool IsContract(Type type) => type.Namespace?.Split('.').Contains("Contracts") is true;
}
