import { BarChart, LineChart, TreeChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// What the screens draw, and no more: ECharts is most of what a screen with a chart loads.
echarts.use([BarChart, LineChart, TreeChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

export { echarts }
export type { EChartsCoreOption as ChartOption } from 'echarts/core'
