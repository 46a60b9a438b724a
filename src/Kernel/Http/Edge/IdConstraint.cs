using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Kernel.Http.Edge;

/// <summary>
/// <c>{id:long}</c>: digits without leading zeros, so that one thing has one address. .NET would also read <c>+41</c>, <c> 41</c> and
/// <c>0041</c>, and whoever compares addresses (caches, limits, logs) would take them for different things.
/// </summary>
internal sealed class IdConstraint : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        Convert.ToString(values[routeKey], CultureInfo.InvariantCulture) is { Length: > 0 } text && (text[0] != '0' || text.Length == 1)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
