import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// What the home page draws, and no more: ECharts is most of what it loads. Other kinds come with the screens that use them.
echarts.use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

export { echarts }
export type { EChartsCoreOption as ChartOption } from 'echarts/core'
